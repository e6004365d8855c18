import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { accountChange } from '../../store/account-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';

export const myAccountUpdate = (parts: Parts): OwnDeed<'myAccount', 'update'> =>
  change(async ({ input: { name }, ctx, work }) => {
    const { accountId, name: before } = signedInOrThrow(ctx);
    work.resource('account', accountId, before);
    if (name === before) return {};
    await accountChange(work.tx, accountId, { name });
    work.detail({ name: { from: before, to: name } });
    work.after(() => parts.sessions.forgetAccount(accountId));
    return {};
  });
