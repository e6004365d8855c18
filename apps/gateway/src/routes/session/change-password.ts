import { BasaltError, both, procedures } from '@basalt/contract';
import { actorEntry, refusalLog, selfLogged } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { passwordConfirm } from '../../identity/password-confirm.ts';
import { passwordHash } from '../../identity/password-hash.ts';
import { passwordPolicyCheck } from '../../identity/password-policy.ts';
import { sessionsGone } from '../../identity/session-open.ts';
import type { SignedIn } from '../../identity/signed-in.ts';
import type { Parts } from '../../parts.ts';
import { accountChange, accountLinksVoid } from '../../store/account-store.ts';
import { operationLogAdd } from '../../store/operation-log-store.ts';
import { sessionEndOthers, sessionPasswordComplies } from '../../store/session-store.ts';
import { currentSessionOf, sessionAnew, signedInOrThrow } from './current-session.ts';

interface Wish {
  readonly current: string;
  readonly password: string;
}

/** The hash of the new password. @throws BasaltError wrongCredentials, accountLocked, passwordPolicy. */
async function hashOfNew(
  parts: Parts,
  { accountId }: SignedIn,
  { current, password }: Wish,
  caller: Parameters<typeof passwordConfirm>[2],
): Promise<string> {
  await passwordConfirm(parts, { accountId, password: current, field: 'current' }, caller);
  passwordPolicyCheck(password, parts.policy.now().password);
  if (password === current)
    throw new BasaltError(
      'passwordPolicy',
      { rule: both('不能与当前密码相同', 'it must differ from the present one') },
      { field: 'password' },
    );
  return passwordHash(password);
}

/** Changes the account's own password; its other sessions, mailed links and half-done sign-ins end. */
export const sessionChangePassword = (parts: Parts): OwnDeed<'session', 'changePassword'> =>
  selfLogged(async ({ input, ctx }) => {
    const session = signedInOrThrow(ctx);
    const hashed = await hashOfNew(parts, session, input, ctx).catch(async (error: unknown) => {
      await refusalLog(
        parts,
        { name: 'session.changePassword', procedure: procedures.session.changePassword, ctx },
        error,
      );
      throw error;
    });
    const ended = await parts.db.transaction(async (tx) => {
      await accountChange(tx, session.accountId, {
        passwordHash: hashed,
        passwordChangedAt: new Date(),
        mustChangePassword: false,
      });
      await accountLinksVoid(tx, session.accountId);
      await sessionPasswordComplies(tx, session.sessionId);
      const others = await sessionEndOthers(tx, session.accountId, session.sessionId, 'passwordChanged');
      await operationLogAdd(tx, {
        ...actorEntry(ctx),
        operation: 'myAccount.changePassword',
        resources: [{ kind: 'account', id: session.accountId, name: session.name }],
        result: 'succeeded',
        detail: { sessionsEnded: others.length },
      });
      return others;
    });
    sessionsGone(parts, session.accountId, ended);
    return currentSessionOf(parts, await sessionAnew(parts, session), ctx);
  });
