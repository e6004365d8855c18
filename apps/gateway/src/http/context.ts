import type { IncomingMessage } from 'node:http';
import { locale as localeSchema, type Locale } from '@basalt/contract';
import type { DoorContext } from '@basalt/rpc';
import { newId } from '@basalt/service';
import type { SignedIn } from '../identity/signed-in.ts';
import type { Parts } from '../parts.ts';
import { cookieOf, LOCALE_COOKIE } from './cookies.ts';

export interface GatewayContext extends DoorContext {
  /** The peer of the connection; no header of a client decides it. */
  readonly address: string;
  readonly client: string;
  readonly background: boolean;
  readonly session: SignedIn | null;
  /** `set-cookie` values for the answer. */
  readonly cookies: string[];
}

/** Requests that no user action caused carry `x-basalt-background: 1` and keep no session alive (IAM-11). */
const BACKGROUND_HEADER = 'x-basalt-background';

// oxlint-disable-next-line no-control-regex -- control characters are exactly what is cut out
const clean = (text: string): string => text.replaceAll(/[\u0000-\u001F\u007F]/gu, '').slice(0, 256);

const addressOf = (request: IncomingMessage): string =>
  (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/u, '');

/** Reads who and what a request is. `stream`: an event stream or console, which never counts as a user's action. */
export async function contextOf(parts: Parts, request: IncomingMessage, stream = false): Promise<GatewayContext> {
  const background = stream || request.headers[BACKGROUND_HEADER] === '1';
  const token = cookieOf(request, parts.cookieName);
  const session = token ? await parts.sessions.resolve(token, background) : null;
  return {
    requestId: newId(),
    locale: session?.locale ?? localeOf(request, parts.defaultLocale),
    address: addressOf(request),
    client: clean(request.headers['user-agent'] ?? ''),
    background,
    session,
    cookies: [],
  };
}

function localeOf(request: IncomingMessage, otherwise: Locale): Locale {
  const chosen = localeSchema.safeParse(cookieOf(request, LOCALE_COOKIE));
  if (chosen.success) return chosen.data;
  for (const range of (request.headers['accept-language'] ?? '').slice(0, 256).split(',')) {
    const language = range.trim().slice(0, 2).toLowerCase();
    if (language === 'zh') return 'zh-CN';
    if (language === 'en') return 'en-US';
  }
  return otherwise;
}
