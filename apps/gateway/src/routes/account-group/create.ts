import { newId } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { nameTaken } from '../../identity/account-refusal.ts';
import { bindingsResolve, conflictsDemand, newBindingsDemand } from '../../identity/grants-bindings.ts';
import { grantorOf } from '../../identity/grants-check.ts';
import { administratorsKept } from '../../identity/last-administrator.ts';
import type { Parts } from '../../parts.ts';
import { groupAdd, groupByName, membersAdd } from '../../store/group-store.ts';
import { bindingsReplace } from '../../store/role-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { groupShape, membersDemand } from './group-shape.ts';

export const accountGroupCreate = (parts: Parts): OwnDeed<'accountGroup', 'create'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const session = signedInOrThrow(ctx);
    const id = newId();
    const members = await administratorsKept(tx, 'changeGroup', async () => {
      if (await groupByName(tx, input.name)) throw nameTaken(input.name, 'name');
      const wished = await bindingsResolve(tx, input.bindings);
      const found = await membersDemand(tx, input.members, wished);
      newBindingsDemand(await grantorOf(tx, session), wished, [], found.includes(session.accountId));
      await groupAdd(tx, { id, name: input.name, note: input.note });
      await bindingsReplace(tx, { groupId: id }, input.bindings);
      await membersAdd(tx, id, found);
      await conflictsDemand(tx, found, 'members');
      return found;
    });
    work.resource('accountGroup', id, input.name);
    const group = await groupShape(tx, id, ctx.locale);
    work.detail({
      roles: group.bindings.map(({ role, scope }) => ({ role, scope })),
      members: group.members.map(({ email }) => email),
    });
    accountsChanged(parts, work, members);
    return group;
  });
