import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { administratorsKept } from '../../identity/last-administrator.ts';
import type { Parts } from '../../parts.ts';
import { groupRemove, membersOf } from '../../store/group-store.ts';
import { bindingsOf } from '../../store/role-store.ts';
import { groupOrThrow } from './group-shape.ts';

/** Its members lose what they had by it, from their next request. */
export const accountGroupDelete = (parts: Parts): OwnDeed<'accountGroup', 'delete'> =>
  change(async ({ input, work }) => {
    const { tx } = work;
    const members = await administratorsKept(tx, 'deleteGroup', async () => {
      const group = await groupOrThrow(tx, input.id);
      work.resource('accountGroup', group.id, group.name);
      const had = await membersOf(tx, [group.id]);
      const roles = (await bindingsOf(tx, 'groupId', [group.id])).map(({ role, scope }) => ({ role, scope }));
      work.detail({ roles, members: had.map(({ email }) => email) });
      await groupRemove(tx, group.id);
      return had.map(({ id }) => id);
    });
    accountsChanged(parts, work, members);
    return {};
  });
