/** What of a webhook's address is told, and what it says about where it leads. */
import { isIP } from 'node:net';

/** For logs: without the values of its query, which may be as good as a password. */
export function urlTold(url: string): string {
  const { origin, pathname, searchParams } = new URL(url);
  const names = [...new Set(searchParams.keys())];
  return `${origin}${pathname}${names.length > 0 ? `?${names.map((name) => `${encodeURIComponent(name)}=…`).join('&')}` : ''}`;
}

/** Host without the brackets that an IPv6 address has in a URL, and without the dot at the end of a name. */
export const hostOf = (url: string): string => new URL(url).hostname.replaceAll(/^\[|\]$/gu, '').replace(/\.$/u, '');

/** The address in an URL that names none by name. However it was written (decimal, octal, short), it comes as the one text. */
export function literalOf(url: string): string | null {
  const host = hostOf(url);
  return isIP(host) ? host : null;
}
