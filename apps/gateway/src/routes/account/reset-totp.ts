import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { refused } from '../../identity/account-refusal.ts';
import { takeOverDemand } from '../../identity/grants-check.ts';
import type { Parts } from '../../parts.ts';
import { accountTotpRemove } from '../../store/account-store.ts';
import { rightsLock } from '../../store/role-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { accountOrThrow, accountShape } from './account-shape.ts';

/** For whoever has lost the device and the recovery codes; the account signs in by its password until it enrols again. */
export const accountResetTotp = (parts: Parts): OwnDeed<'account', 'resetTotp'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const session = signedInOrThrow(ctx);
    await rightsLock(tx);
    const account = await accountOrThrow(tx, input.id);
    work.resource('account', account.id, account.name);
    if (account.id === session.accountId)
      throw refused('请在“我的账号”中关闭自己的双因子验证', 'Turn off your own second factor under “My account”');
    if (account.totpSecret === null) throw refused('该账号未启用双因子验证', 'The account has no two-factor sign-in');
    await takeOverDemand(tx, session, account.id);
    await accountTotpRemove(tx, account.id);
    accountsChanged(parts, work, [account.id]);
    return accountShape(parts, tx, account.id, ctx.locale);
  });
