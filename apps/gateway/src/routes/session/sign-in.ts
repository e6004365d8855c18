import { BasaltError } from '@basalt/contract';
import { selfLogged } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { localeCookie, sessionCookie } from '../../http/cookies.ts';
import { signIn } from '../../identity/sign-in.ts';
import type { Parts } from '../../parts.ts';
import { currentSessionOf } from './current-session.ts';

/** IAM-01. A browser's earlier session ends: a new sign-in never goes on with an old token. */
export const sessionSignIn = (parts: Parts): OwnDeed<'session', 'signIn'> =>
  selfLogged(async ({ input, ctx }) => {
    const wait = parts.limits.signIn.take(ctx.address);
    if (wait > 0) throw new BasaltError('tooManyRequests', { seconds: wait });
    const token = await signIn(parts, input, ctx);
    const session = await parts.sessions.resolve(token, false);
    if (!session) throw new BasaltError('internal', {}, { detail: 'a session was gone right after it was opened' });
    if (ctx.session) await parts.sessions.end(ctx.session.sessionId, 'signedOut');
    ctx.cookies.push(sessionCookie(parts.secure, token), localeCookie(parts.secure, session.locale ?? ctx.locale));
    return { step: 'done', session: currentSessionOf(parts, session, ctx) };
  });
