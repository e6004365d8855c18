import { BasaltError, type gatewayProcedures } from '@basalt/contract';
import type { Handler } from '@basalt/rpc';
import type { GatewayContext } from '../http/context.ts';
import { localeCookie, sessionCookie } from '../http/cookies.ts';
import { signIn } from '../identity/sign-in.ts';
import type { Parts } from '../parts.ts';
import { currentSessionOf } from './current-session.ts';

/** IAM-01. A browser's earlier session ends: a new sign-in never goes on with an old token. */
export const sessionSignIn =
  (parts: Parts): Handler<typeof gatewayProcedures.session.signIn, GatewayContext> =>
  async ({ input, ctx }) => {
    const wait = parts.limits.signIn.take(ctx.address);
    if (wait > 0) throw new BasaltError('tooManyRequests', { seconds: wait });
    const token = await signIn(parts, input, ctx);
    const session = await parts.sessions.resolve(token, false);
    if (!session) throw new BasaltError('internal', {}, { detail: 'a session was gone right after it was opened' });
    if (ctx.session) await parts.sessions.end(ctx.session.sessionId, 'signedOut');
    ctx.cookies.push(sessionCookie(parts.secure, token), localeCookie(parts.secure, session.locale ?? ctx.locale));
    return currentSessionOf(parts, session, ctx);
  };
