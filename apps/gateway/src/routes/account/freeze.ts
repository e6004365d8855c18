import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { refused } from '../../identity/account-refusal.ts';
import { administratorsKept } from '../../identity/last-administrator.ts';
import type { Parts } from '../../parts.ts';
import { accountChange, accountLinksVoid } from '../../store/account-store.ts';
import { sessionEndOthers } from '../../store/session-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { accountOrThrow, accountShape } from './account-shape.ts';

/** Sessions end at once, with their consoles and streams; keys are refused from the next request. */
export const accountFreeze = (parts: Parts): OwnDeed<'account', 'freeze'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const ended = await administratorsKept(tx, 'freeze', async () => {
      const account = await accountOrThrow(tx, input.id);
      work.resource('account', account.id, account.name);
      if (account.frozen) throw refused('账号已处于冻结状态', 'The account is frozen already');
      await accountChange(tx, account.id, { frozen: true });
      await accountLinksVoid(tx, account.id);
      return sessionEndOthers(tx, account.id, null, 'frozen');
    });
    if (input.id === signedInOrThrow(ctx).accountId)
      throw refused('不能冻结自己的账号', 'One’s own account cannot be frozen');
    work.detail({ sessionsEnded: ended.length });
    accountsChanged(parts, work, [input.id], ended);
    return accountShape(parts, tx, input.id, ctx.locale);
  });
