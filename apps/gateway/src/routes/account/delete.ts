import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { refused } from '../../identity/account-refusal.ts';
import { administratorsKept } from '../../identity/last-administrator.ts';
import type { Parts } from '../../parts.ts';
import { accountRemove } from '../../store/account-store.ts';
import { sessionEndOthers } from '../../store/session-store.ts';
import { signInFailuresForget } from '../../store/sign-in-guard-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { accountOrThrow } from './account-shape.ts';

/** With its keys and memberships; its sessions end and say why. What it did stays in the operation log. */
export const accountDelete = (parts: Parts): OwnDeed<'account', 'delete'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const ended = await administratorsKept(tx, 'delete', async () => {
      const account = await accountOrThrow(tx, input.id);
      work.resource('account', account.id, account.name);
      work.detail({ email: account.email });
      const open = await sessionEndOthers(tx, account.id, null, 'deleted');
      await accountRemove(tx, account.id);
      await signInFailuresForget(tx, account.email);
      return open;
    });
    if (input.id === signedInOrThrow(ctx).accountId)
      throw refused('不能删除自己的账号', 'One’s own account cannot be deleted');
    accountsChanged(parts, work, [input.id], ended);
    return {};
  });
