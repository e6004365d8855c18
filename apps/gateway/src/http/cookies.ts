import type { IncomingMessage } from 'node:http';
import type { Locale } from '@basalt/contract';

/** The language chosen before signing in; the pages read it too. */
export const LOCALE_COOKIE = 'basalt_locale';

export const sessionCookieName = (secure: boolean): string => (secure ? '__Host-basalt_session' : 'basalt_session');

/** The value of one cookie, or null. */
export function cookieOf(request: IncomingMessage, name: string): string | null {
  const header = request.headers.cookie;
  if (!header) return null;
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** The cookie header without the session, for an upstream that has no business with it; undefined when nothing is left. */
export function cookiesWithout(header: string | undefined, name: string): string | undefined {
  const rest = (header ?? '').split(';').filter((part) => part.split('=')[0]?.trim() !== name);
  return rest.some((part) => part.trim()) ? rest.join(';').trim() : undefined;
}

const flags = (secure: boolean, site: 'Strict' | 'Lax' = 'Strict'): string =>
  `Path=/; SameSite=${site}${secure ? '; Secure' : ''}`;

/**
 * The session's cookie. It lives as long as the browser; the server decides when the session ends. Strict works with deep links too:
 * the page itself needs no session, and what it asks for then comes from our own site.
 */
export const sessionCookie = (secure: boolean, token: string): string =>
  `${sessionCookieName(secure)}=${token}; HttpOnly; ${flags(secure)}`;

export const sessionCookieClear = (secure: boolean): string =>
  `${sessionCookieName(secure)}=; Max-Age=0; HttpOnly; ${flags(secure)}`;

export const localeCookie = (secure: boolean, locale: Locale): string =>
  `${LOCALE_COOKIE}=${locale}; Max-Age=31536000; ${flags(secure, 'Lax')}`;
