import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { refused } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';
import { accountChange } from '../../store/account-store.ts';
import { rightsLock } from '../../store/role-store.ts';
import { signInFailuresForget, signInLockedUntil } from '../../store/sign-in-guard-store.ts';
import { accountOrThrow, accountShape } from './account-shape.ts';

/** Lifts what an administrator has set, and the lock that wrong passwords have set. */
export const accountUnfreeze = (parts: Parts): OwnDeed<'account', 'unfreeze'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    await rightsLock(tx);
    const account = await accountOrThrow(tx, input.id);
    work.resource('account', account.id, account.name);
    const lockedUntil = await signInLockedUntil(tx, account.email, new Date());
    if (!account.frozen && !lockedUntil)
      throw refused('账号既未冻结也未锁定', 'The account is neither frozen nor locked');
    await accountChange(tx, account.id, { frozen: false });
    await signInFailuresForget(tx, account.email);
    work.detail({ frozen: account.frozen, locked: lockedUntil !== null });
    accountsChanged(parts, work, [account.id]);
    return accountShape(parts, tx, account.id, ctx.locale);
  });
