import { BasaltError, both } from '@basalt/contract';
import { selfLogged } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { passwordHash, passwordVerify } from '../../identity/password-hash.ts';
import { passwordPolicyCheck } from '../../identity/password-policy.ts';
import type { Parts } from '../../parts.ts';
import { accountByEmail, accountChange } from '../../store/account-store.ts';
import { operationLogAdd } from '../../store/operation-log-store.ts';
import { sessionEndOthers } from '../../store/session-store.ts';
import { signInFailureCount, signInLockedUntil } from '../../store/sign-in-guard-store.ts';
import { currentSessionOf, sessionAnew, signedInOrThrow } from './current-session.ts';

/** A stolen session must not become a way to guess the password: wrong tries here count like those at sign-in. */
async function presentPasswordCheck(parts: Parts, email: string, password: string): Promise<void> {
  const now = new Date();
  const locked = await signInLockedUntil(parts.db, email, now);
  if (locked)
    throw new BasaltError('accountLocked', {
      minutes: Math.max(1, Math.ceil((locked.getTime() - now.getTime()) / 60_000)),
    });
  const account = await accountByEmail(parts.db, email);
  if (await passwordVerify(account?.passwordHash ?? null, password)) return;
  await signInFailureCount(parts.db, email, parts.settings.lockout, now);
  throw new BasaltError('wrongCredentials', {}, { field: 'current' });
}

/** Changes the account's own password and ends its other sessions. */
export const sessionChangePassword = (parts: Parts): OwnDeed<'session', 'changePassword'> =>
  selfLogged(async ({ input, ctx }) => {
    const session = signedInOrThrow(ctx);
    await presentPasswordCheck(parts, session.email, input.current);
    passwordPolicyCheck(input.password, parts.settings.password);
    if (input.password === input.current)
      throw new BasaltError(
        'passwordPolicy',
        { rule: both('不能与当前密码相同', 'it must differ from the present one') },
        { field: 'password' },
      );
    const hashed = await passwordHash(input.password);
    const ended = await parts.db.transaction(async (tx) => {
      await accountChange(tx, session.accountId, {
        passwordHash: hashed,
        passwordChangedAt: new Date(),
        mustChangePassword: false,
      });
      await operationLogAdd(tx, {
        operation: 'myAccount.changePassword',
        accountId: session.accountId,
        accountName: session.name,
        via: 'console',
        address: ctx.address,
        client: ctx.client,
        requestId: ctx.requestId,
        result: 'succeeded',
        detail: {},
      });
      return sessionEndOthers(tx, session.accountId, session.sessionId, 'passwordChanged');
    });
    parts.sessions.forget(ended, true);
    return currentSessionOf(parts, await sessionAnew(parts, session), ctx);
  });
