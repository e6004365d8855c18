import type { IncomingMessage } from 'node:http';
import { EMPTY_HASH, locale as localeSchema, type Locale } from '@basalt/contract';
import type { DoorContext } from '@basalt/rpc';
import { newId } from '@basalt/service';
import type { SignedIn } from '../identity/signed-in.ts';
import type { Parts } from '../parts.ts';
import { cookieOf, LOCALE_COOKIE } from './cookies.ts';
import { signerOf, type BodyHash } from './signed-request.ts';

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

export const addressOf = (request: IncomingMessage): string =>
  (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/u, '');

/** Reads who and what a request is. `stream`: an event stream or console, which never counts as a user's action. */
export async function contextOf(
  parts: Parts,
  request: IncomingMessage,
  stream = false,
  bodyHash: BodyHash = async () => EMPTY_HASH,
): Promise<GatewayContext> {
  const background = stream || request.headers[BACKGROUND_HEADER] === '1';
  const session = await identityOf(parts, request, background, bodyHash);
  return {
    requestId: newId(),
    // a program says with each request which language it wants; a browser's is not what its user chose
    locale:
      session?.apiKeyId && request.headers['accept-language']
        ? localeOf(request, session.locale ?? parts.defaultLocale)
        : (session?.locale ?? localeOf(request, parts.defaultLocale)),
    address: addressOf(request),
    client: clean(request.headers['user-agent'] ?? ''),
    background,
    session,
    cookies: [],
  };
}

/** By a session's cookie or by a signature, never by both: which of them counts must not be a guess. */
async function identityOf(
  parts: Parts,
  request: IncomingMessage,
  background: boolean,
  bodyHash: BodyHash,
): Promise<SignedIn | null> {
  const token = cookieOf(request, parts.cookieName);
  if (request.headers.authorization !== undefined) return signerOf(parts, request, token !== undefined, bodyHash);
  return token ? parts.sessions.resolve(token, background) : null;
}

/** The language that a request asks for, where nobody is known to have chosen one. */
export function localeOf(request: IncomingMessage, otherwise: Locale): Locale {
  const chosen = localeSchema.safeParse(cookieOf(request, LOCALE_COOKIE));
  if (chosen.success) return chosen.data;
  for (const range of (request.headers['accept-language'] ?? '').slice(0, 256).split(',')) {
    const language = range.trim().slice(0, 2).toLowerCase();
    if (language === 'zh') return 'zh-CN';
    if (language === 'en') return 'en-US';
  }
  return otherwise;
}
