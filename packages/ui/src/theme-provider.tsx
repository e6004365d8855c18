'use client';
import { App, ConfigProvider } from 'antd';
import type { ConfigProviderProps } from 'antd';
import { createContext, use, useEffect, useMemo, useState } from 'react';
import { antdThemeFor, type ThemeChoice, type ThemeName } from './tokens.ts';

interface ThemeState {
  choice: ThemeChoice;
  resolved: ThemeName;
  setChoice: (choice: ThemeChoice) => void;
}

const ThemeContext = createContext<ThemeState | null>(null);

/** The chosen and the resolved theme, and the setter. */
export function useTheme(): ThemeState {
  const state = use(ThemeContext);
  if (!state) throw new Error('useTheme outside of ThemeProvider');
  return state;
}

export interface ThemeProviderProps {
  initialChoice: ThemeChoice;
  /** What `system` meant when the page was last seen: the server cannot know, and a wrong guess flashes. */
  initialSystem: ThemeName;
  /** Called when the reader chooses or the system changes; the app stores both for the next page load. */
  onChange?: (choice: ThemeChoice, resolved: ThemeName) => void;
  /** antd's locale object. */
  locale: NonNullable<ConfigProviderProps['locale']>;
  nonce?: string | undefined;
  children: React.ReactNode;
}

const darkQuery = '(prefers-color-scheme: dark)';
const stillQuery = '(prefers-reduced-motion: reduce)';

/** Light, dark or system, for the CSS variables (`data-theme` on the root element) and antd alike. */
export function ThemeProvider({ initialChoice, initialSystem, onChange, locale, nonce, children }: ThemeProviderProps) {
  const [choice, setChoice] = useState(initialChoice);
  const [system, setSystem] = useState(initialSystem);
  const [still, setStill] = useState(false);
  const resolved = choice === 'system' ? system : choice;

  useEffect(() => {
    const media = window.matchMedia(darkQuery);
    const follow = () => setSystem(media.matches ? 'dark' : 'light');
    follow();
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);

  useEffect(() => {
    const media = window.matchMedia(stillQuery);
    const follow = () => setStill(media.matches);
    follow();
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);

  useEffect(() => {
    document.documentElement.dataset['theme'] = resolved;
    onChange?.(choice, resolved);
  }, [choice, resolved, onChange]);

  const theme = useMemo(() => {
    const chosen = antdThemeFor(resolved);
    return still ? { ...chosen, token: { ...chosen.token, motion: false } } : chosen;
  }, [resolved, still]);
  const state = useMemo(() => ({ choice, resolved, setChoice }), [choice, resolved]);
  return (
    <ThemeContext value={state}>
      <ConfigProvider
        theme={theme}
        locale={locale}
        wave={{ disabled: true }}
        button={{ autoInsertSpace: false }}
        table={{ size: 'middle' } as NonNullable<ConfigProviderProps['table']>}
        {...(nonce === undefined ? {} : { csp: { nonce } })}
      >
        <App
          component={false}
          message={{ maxCount: 3 }}
          notification={{ placement: 'bottomRight', bottom: 48, maxCount: 4 }}
        >
          {children}
        </App>
      </ConfigProvider>
    </ThemeContext>
  );
}
