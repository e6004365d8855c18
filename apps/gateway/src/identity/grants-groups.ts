/** Becoming a member of a group is being given what the group has (IAM-17). */
import type { Transaction } from '../store/database.ts';
import { groupsByIds } from '../store/group-store.ts';
import { bindingsOf, type BindingInput } from '../store/role-store.ts';
import { invalid } from './account-refusal.ts';
import { bindingsResolve, levelDemand, type Level, type WishedBinding } from './grants-bindings.ts';
import { grantDemand, type Grantor } from './grants-check.ts';

/** What a group has, with what its roles say. */
export async function groupBindings(tx: Transaction, groupId: string): Promise<WishedBinding[]> {
  const rows = await bindingsOf(tx, 'groupId', [groupId]);
  return bindingsResolve(
    tx,
    rows.map(({ role, scope }): BindingInput => ({ role: role as BindingInput['role'], scope })),
  );
}

/**
 * Whether a new account may be put into these groups.
 * @throws BasaltError invalidInput at `groups.N`: there is no such group, or its roles are above the account's level;
 * grantExceeds there when the group has more than the grantor.
 */
export async function groupsJoinDemand(
  tx: Transaction,
  grantor: Grantor,
  groupIds: readonly string[],
  level: Level,
): Promise<void> {
  const known = new Set((await groupsByIds(tx, groupIds)).map(({ id }) => id));
  for (const [i, id] of groupIds.entries()) {
    const field = `groups.${i}`;
    if (!known.has(id)) throw invalid(field, '账号组不存在或已删除', 'there is no such group');
    const bindings = await groupBindings(tx, id);
    levelDemand(level, bindings, () => field);
    grantDemand(grantor, bindings, { toHimself: false, field });
  }
}
