import { selfLogged } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { sessionCookieClear } from '../../http/cookies.ts';
import type { Parts } from '../../parts.ts';
import { operationLogAdd } from '../../store/operation-log-store.ts';
import { sessionEnd } from '../../store/session-store.ts';
import { signedInOrThrow } from './current-session.ts';

/** Ends the session; its event streams and consoles are closed at once. */
export const sessionSignOut = (parts: Parts): OwnDeed<'session', 'signOut'> =>
  selfLogged(async ({ ctx }) => {
    const { sessionId, accountId, name } = signedInOrThrow(ctx);
    await parts.db.transaction(async (tx) => {
      await sessionEnd(tx, sessionId, 'signedOut');
      await operationLogAdd(tx, {
        operation: 'session.signOut',
        accountId,
        accountName: name,
        via: 'console',
        address: ctx.address,
        client: ctx.client,
        requestId: ctx.requestId,
        result: 'succeeded',
        detail: { session: sessionId },
      });
    });
    parts.sessions.forget([sessionId], true);
    parts.sessions.forgetAccount(accountId);
    ctx.cookies.push(sessionCookieClear(parts.secure));
    return {};
  });
