import type { IncomingMessage } from 'node:http';
import { EMPTY_HASH, locale as localeSchema, type BasaltError, type Locale } from '@basalt/contract';
import type { DoorContext } from '@basalt/rpc';
import { newId } from '@basalt/service';
import { sessionRefusal } from '../identity/session-refusal.ts';
import { seenAs } from '../identity/see-as.ts';
import type { SignedIn } from '../identity/signed-in.ts';
import { limitsRefusal } from '../identity/source-limits.ts';
import { sourceDenied } from '../identity/source-denied.ts';
import type { Parts } from '../parts.ts';
import { addressOf } from './client-address.ts';
import { cookieOf, LOCALE_COOKIE } from './cookies.ts';
import { signerOf, type BodyHash } from './signed-request.ts';

export interface GatewayContext extends DoorContext {
  /** Canonical; see client-address.ts. No header of a client decides it. */
  readonly address: string;
  readonly client: string;
  readonly background: boolean;
  readonly session: SignedIn | null;
  /** Why there is no session although the request came with what once stood for one. */
  readonly refusal: BasaltError | null;
  /** `set-cookie` values for the answer. */
  readonly cookies: string[];
}

/** Requests that no user action caused carry `x-basalt-background: 1` and keep no session alive (IAM-11). */
const BACKGROUND_HEADER = 'x-basalt-background';

// oxlint-disable-next-line no-control-regex -- control characters are exactly what is cut out
const clean = (text: string): string => text.replaceAll(/[\u0000-\u001F\u007F]/gu, '').slice(0, 256);

/** Who sends a request; nobody, and why, when what it came with does not count. */
type Identity = Pick<GatewayContext, 'session' | 'refusal'> & {
  /** The language of the account, also of one that is refused. */
  readonly locale: Locale | null;
};
type Sender = Pick<GatewayContext, 'address' | 'background' | 'client' | 'requestId'>;

/** Reads who and what a request is. `stream`: an event stream or console, which never counts as a user's action. */
export async function contextOf(
  parts: Parts,
  request: IncomingMessage,
  stream = false,
  bodyHash: BodyHash = async () => EMPTY_HASH,
): Promise<GatewayContext> {
  const sender: Sender = {
    requestId: newId(),
    address: addressOf(parts, request),
    client: clean(request.headers['user-agent'] ?? ''),
    background: stream || request.headers[BACKGROUND_HEADER] === '1',
  };
  const { session: own, refusal, locale } = await identityOf(parts, request, sender, bodyHash);
  const session = own && !stream ? await seenAs(parts, request, own) : own;
  return {
    ...sender,
    // a program says with each request which language it wants; a browser's is not what its user chose
    locale:
      session?.apiKeyId && request.headers['accept-language']
        ? localeOf(request, locale ?? parts.defaultLocale)
        : (locale ?? localeOf(request, parts.defaultLocale)),
    session,
    refusal,
    cookies: [],
  };
}

/** By a session's cookie or by a signature, never by both: which of them counts must not be a guess. */
async function identityOf(
  parts: Parts,
  request: IncomingMessage,
  sender: Sender,
  bodyHash: BodyHash,
): Promise<Identity> {
  const token = cookieOf(request, parts.cookieName);
  if (request.headers.authorization !== undefined) {
    const session = await signerOf(parts, request, Boolean(token), bodyHash);
    return { session, refusal: null, locale: session?.locale ?? null };
  }
  return token ? sessionOf(parts, token, sender) : { session: null, refusal: null, locale: null };
}

/** Where from and when the account may be used is asked with every request, as an answer to each (IAM-12). */
async function sessionOf(parts: Parts, token: string, sender: Sender): Promise<Identity> {
  const session = await parts.sessions.resolve(token, sender.background);
  if (!session) {
    const reason = await parts.sessions.endReasonOf(token);
    return { session: null, refusal: reason && sessionRefusal(reason), locale: null };
  }
  const refusal = limitsRefusal(session.limits, sender.address);
  if (refusal) await sourceDenied(parts, refusal, { ...sender, account: session, session: session.sessionId });
  return { session: refusal ? null : session, refusal, locale: session.locale };
}

/** The language that a request asks for, where nobody is known to have chosen one. */
export function localeOf(request: IncomingMessage, otherwise: Locale): Locale {
  const chosen = cookieOf(request, LOCALE_COOKIE);
  const known = localeSchema.options.find((each) => each === chosen);
  if (known) return known;
  for (const range of (request.headers['accept-language'] ?? '').slice(0, 256).split(',')) {
    const language = range.trim().slice(0, 2).toLowerCase();
    if (language === 'zh') return 'zh-CN';
    if (language === 'en') return 'en-US';
  }
  return otherwise;
}
