import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { refused } from '../../identity/account-refusal.ts';
import { takeOverDemand } from '../../identity/grants-check.ts';
import { passwordHash } from '../../identity/password-hash.ts';
import { passwordGenerate, passwordPolicyCheck } from '../../identity/password-policy.ts';
import type { Parts } from '../../parts.ts';
import { accountChange, accountLinksVoid } from '../../store/account-store.ts';
import { rightsLock } from '../../store/role-store.ts';
import { sessionEndOthers } from '../../store/session-store.ts';
import { signInFailuresForget } from '../../store/sign-in-guard-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { accountOrThrow } from './account-shape.ts';

/** A new password, answered once unless it was given; to be changed at the next sign-in. All sessions end. */
export const accountResetPassword = (parts: Parts): OwnDeed<'account', 'resetPassword'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const session = signedInOrThrow(ctx);
    if (input.password !== undefined) passwordPolicyCheck(input.password, parts.policy.now().password);
    const password = input.password ?? passwordGenerate();
    const hashed = await passwordHash(password);
    await rightsLock(tx);
    const account = await accountOrThrow(tx, input.id);
    work.resource('account', account.id, account.name);
    // whoever finds an open browser must not get further than the present password lets him
    if (account.id === session.accountId)
      throw refused('请在“我的账号”中修改自己的密码', 'Change your own password under “My account”');
    await takeOverDemand(tx, session, account.id);
    await accountChange(tx, account.id, {
      passwordHash: hashed,
      passwordChangedAt: new Date(),
      mustChangePassword: true,
    });
    await accountLinksVoid(tx, account.id);
    await signInFailuresForget(tx, account.email);
    const ended = await sessionEndOthers(tx, account.id, null, 'passwordChanged');
    work.detail({ sessionsEnded: ended.length });
    accountsChanged(parts, work, [account.id], ended);
    return { password: input.password === undefined ? password : null };
  });
