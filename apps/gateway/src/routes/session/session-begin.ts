import { BasaltError, type CurrentSession } from '@basalt/contract';
import type { GatewayContext } from '../../http/context.ts';
import { localeCookie, sessionCookie } from '../../http/cookies.ts';
import type { SignedIn } from '../../identity/signed-in.ts';
import type { Parts } from '../../parts.ts';
import { currentSessionOf } from './current-session.ts';

async function earlierEnd({ sessions }: Parts, { sessionId, accountId }: SignedIn): Promise<void> {
  await sessions.end(sessionId, 'signedOut');
  sessions.forgetAccount(accountId);
}

/** Hands a new session to the browser. An earlier one of it ends: a new sign-in never goes on with an old token. */
export async function sessionBegin(parts: Parts, token: string, ctx: GatewayContext): Promise<CurrentSession> {
  // it was used just now, which needs no writing down
  const session = await parts.sessions.resolve(token, true);
  if (!session) throw new BasaltError('internal', {}, { detail: 'a session was gone right after it was opened' });
  if (ctx.session && !ctx.session.apiKeyId) await earlierEnd(parts, ctx.session);
  ctx.cookies.push(sessionCookie(parts.secure, token), localeCookie(parts.secure, session.locale ?? ctx.locale));
  return currentSessionOf(parts, session, ctx);
}
