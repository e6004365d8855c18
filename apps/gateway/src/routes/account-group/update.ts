import type { InputOf } from '@basalt/rpc';
import type { procedures } from '@basalt/contract';
import { differences } from '@basalt/service';
import { change, type Work } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { nameTaken } from '../../identity/account-refusal.ts';
import { bindingsResolve, conflictsDemand, newBindingsDemand } from '../../identity/grants-bindings.ts';
import { grantDemand, grantorOf } from '../../identity/grants-check.ts';
import { groupBindings } from '../../identity/grants-groups.ts';
import { administratorsKept } from '../../identity/last-administrator.ts';
import type { SignedIn } from '../../identity/signed-in.ts';
import type { Parts } from '../../parts.ts';
import { groupByName, groupChange, membersAdd, membersOf, membersRemove } from '../../store/group-store.ts';
import { bindingsReplace } from '../../store/role-store.ts';
import { given } from '../given.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { groupOrThrow, groupShape, membersDemand } from './group-shape.ts';

type Input = InputOf<(typeof procedures)['accountGroup']['update']>;

/** Whoever is a member before or after is concerned; new members gain all that the group has, old ones what is new in it. */
async function update({ tx, resource, detail }: Work, session: SignedIn, input: Input): Promise<string[]> {
  const { id, name, note } = input;
  const group = await groupOrThrow(tx, id);
  resource('accountGroup', id, group.name);
  if (name !== undefined && name !== group.name && (await groupByName(tx, name, id))) throw nameTaken(name, 'name');
  const before = { bindings: await groupBindings(tx, id), members: await membersOf(tx, [id]) };
  const had = before.members.map((member) => member.id);
  const wished = input.bindings ? await bindingsResolve(tx, input.bindings) : before.bindings;
  const members = await membersDemand(tx, input.members ?? had, wished);
  const joined = members.filter((member) => !had.includes(member));
  const left = had.filter((member) => !members.includes(member));

  const grantor = await grantorOf(tx, session);
  newBindingsDemand(grantor, wished, before.bindings, members.includes(session.accountId));
  if (joined.length > 0)
    grantDemand(grantor, wished, { toHimself: joined.includes(session.accountId), field: 'members' });

  await groupChange(tx, id, given({ name, note }));
  if (input.bindings) await bindingsReplace(tx, { groupId: id }, input.bindings);
  await membersRemove(tx, id, left);
  await membersAdd(tx, id, joined);
  await conflictsDemand(tx, members, input.bindings ? 'bindings' : 'members');
  const told = (some: typeof wished) => some.map(({ role, scope }) => ({ role, scope }));
  const now = (await membersOf(tx, [id])).map(({ email }) => email);
  detail({
    ...differences({ name: group.name, note: group.note }, given({ name, note })),
    ...differences(
      { roles: told(before.bindings), members: before.members.map(({ email }) => email) },
      { roles: told(wished), members: now },
    ),
  });
  return [...new Set([...had, ...members])];
}

export const accountGroupUpdate = (parts: Parts): OwnDeed<'accountGroup', 'update'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    // what took the last administrator away: his going, or the group's loss
    const doing = input.members && !input.bindings ? 'leaveGroup' : 'changeGroup';
    const concerned = await administratorsKept(tx, doing, () => update(work, signedInOrThrow(ctx), input));
    accountsChanged(parts, work, concerned);
    return groupShape(tx, input.id, ctx.locale);
  });
