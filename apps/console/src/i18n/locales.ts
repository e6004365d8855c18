export const locales = ['zh-CN', 'en-US'] as const;
export type Locale = (typeof locales)[number];
export const defaultLocale: Locale = 'zh-CN';

/** Cookies that the server needs before it draws a page. Not secret, readable by script. */
export const cookieNames = {
  locale: 'basalt_locale',
  theme: 'basalt_theme',
  systemTheme: 'basalt_system_theme',
} as const;

/** The locale a cookie names, else the default. */
export function localeFrom(value: string | undefined): Locale {
  return locales.find((locale) => locale === value) ?? defaultLocale;
}

/** Remembers a reader's choice for a year on this browser. */
export function writeCookie(name: string, value: string): void {
  const secure = window.location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}
