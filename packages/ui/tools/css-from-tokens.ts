/** Builds gen/tokens.css from tokens.json: one variable per role, e.g. color.light.bg.selectedHover -> --bg-selected-hover. */
import { readFileSync } from 'node:fs';

type Tree = { [key: string]: Tree | string | number | (string | number)[] };
type Tokens = {
  color: Record<'light' | 'dark', Tree>;
  type: { family: Record<string, string>; features: Record<string, string>; scale: Record<string, number[]> };
  space: Record<string, number>;
  radius: Record<string, number>;
  height: Record<string, number>;
  z: Record<string, number>;
  shadow: Record<'light' | 'dark', { overlay: string }>;
  motion: Record<string, string>;
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

function colours(tree: Tree, path: string[] = []): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const at = [...path, kebab(key)];
    return typeof value === 'string' ? [`--${at.join('-')}: ${value};`] : colours(value as Tree, at);
  });
}

function themed(tokens: Tokens, name: 'light' | 'dark'): string[] {
  return [
    `color-scheme: ${name};`,
    ...colours(tokens.color[name]).map((line) => line.replace(/^--state-/, '--')),
    `--shadow-overlay: ${tokens.shadow[name].overlay};`,
  ];
}

function fixed(tokens: Tokens): string[] {
  const sizes = (prefix: string, group: Record<string, number>, unit: string) =>
    Object.entries(group).map(([key, value]) => `--${prefix}-${kebab(key)}: ${value}${unit};`);
  return [
    ...Object.entries(tokens.type.family).map(([key, value]) => `--font-${key}: ${value};`),
    ...Object.entries(tokens.type.features).map(([key, value]) => `--features-${key}: ${value};`),
    ...Object.entries(tokens.type.scale).map(
      ([key, [size, line, weight]]) =>
        `--type-${kebab(key)}: ${weight} ${size}px/${line}px var(--font-${key.startsWith('mono') ? 'mono' : 'ui'});`,
    ),
    ...sizes('space', tokens.space, 'px'),
    ...sizes('radius', tokens.radius, 'px'),
    ...sizes('height', tokens.height, 'px'),
    ...sizes('z', tokens.z, ''),
    ...Object.entries(tokens.motion)
      .filter(([key]) => key !== 'reduced')
      .map(([key, value]) => `--motion-${kebab(key)}: ${value};`),
  ];
}

const block = (selector: string, lines: string[]): string =>
  `${selector} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}\n`;

/** The text of tokens.css. Without a data-theme attribute the operating system decides, so a page is right before any script runs. */
export function cssFromTokens(): string {
  const tokens = JSON.parse(readFileSync(new URL('../src/tokens.json', import.meta.url), 'utf8')) as Tokens;
  const dark = themed(tokens, 'dark');
  return [
    '/* Written by tools/generate-css.ts from tokens.json. Do not edit. */',
    block(':root', fixed(tokens)),
    block(":root,\n[data-theme='light']", themed(tokens, 'light')),
    block("[data-theme='dark']", dark),
    `@media (prefers-color-scheme: dark) {\n${block(':root:not([data-theme])', dark)}}\n`,
  ].join('\n');
}
