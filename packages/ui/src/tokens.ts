/**
 * The design tokens, typed from tokens.json (the one place where a colour or a size is written), and
 * the antd themes derived from them. Components use the CSS variables of gen/tokens.css, which
 * tools/generate-css.ts writes from the same file.
 */
import { theme as antdTheme, type ThemeConfig } from 'antd';
import raw from './tokens.json' with { type: 'json' };

export const tokens = raw;

export type ThemeName = 'light' | 'dark';
/** What a reader chose; `system` follows the operating system. */
export type ThemeChoice = ThemeName | 'system';
/** The five roles a state can have; the names are those of `color.*.state` and of the contract's state tables. */
export type StateTone = keyof typeof raw.color.light.state;

const algorithms = { light: antdTheme.defaultAlgorithm, dark: antdTheme.darkAlgorithm } as const;

/** antd's theme for one of our themes: tokens and component tokens spread, the algorithm mapped by name, one shared CSS-variable key. */
export function antdThemeFor(name: ThemeName): ThemeConfig {
  const { token, components } = raw.antd[name];
  return {
    algorithm: algorithms[name],
    hashed: false,
    cssVar: { key: 'basalt' },
    token: { ...token },
    // antd declares some component tokens narrower than JSON can be inferred (weights, literal unions).
    components: components as ThemeConfig['components'],
  };
}
