import type { AccountGroup, AccountGroupId, AccountId, Locale } from '@basalt/contract';
import { invalid, notFound } from '../../identity/account-refusal.ts';
import { levelDemand, type WishedBinding } from '../../identity/grants-bindings.ts';
import { accountsByIds } from '../../store/account-store.ts';
import type { Executor } from '../../store/database.ts';
import { groupById, groupsByIds, membersOf, type GroupRow } from '../../store/group-store.ts';
import { bindingShapes } from '../account/account-shape.ts';

/** Groups as the contract shows them, in the order of the ids; one that is gone is left out. */
export async function groupShapes(db: Executor, ids: readonly string[], locale: Locale): Promise<AccountGroup[]> {
  const rows = new Map((await groupsByIds(db, ids)).map((row) => [row.id, row]));
  const bindings = await bindingShapes(db, 'groupId', ids, locale);
  const members = Map.groupBy(await membersOf(db, ids), ({ groupId }) => groupId);
  return ids.flatMap((id): AccountGroup[] => {
    const row = rows.get(id);
    if (!row) return [];
    return [
      {
        id: row.id as AccountGroupId,
        name: row.name,
        note: row.note,
        bindings: bindings.get(id) ?? [],
        members: (members.get(id) ?? []).map((one) => ({ id: one.id as AccountId, name: one.name, email: one.email })),
        createdAt: row.createdAt.toISOString(),
      },
    ];
  });
}

/** @throws BasaltError notFound. */
export async function groupShape(db: Executor, id: string, locale: Locale): Promise<AccountGroup> {
  const [found] = await groupShapes(db, [id], locale);
  if (!found) throw notFound('group');
  return found;
}

/** @throws BasaltError notFound. */
export async function groupOrThrow(db: Executor, id: string): Promise<GroupRow> {
  const row = await groupById(db, id);
  if (!row) throw notFound('group');
  return row;
}

/**
 * Members without doubles, each of a level that the group's roles suit.
 * @throws BasaltError invalidInput at `members.N` for an account that does not exist, at `bindings.N.role` for a role that a
 * region-level member cannot have.
 */
export async function membersDemand(
  db: Executor,
  ids: readonly string[],
  bindings: readonly WishedBinding[],
): Promise<string[]> {
  const rows = new Map((await accountsByIds(db, ids)).map((row) => [row.id, row]));
  const at = ids.findIndex((id) => !rows.has(id));
  if (at >= 0) throw invalid(`members.${at}`, '账号不存在或已删除', 'there is no such account');
  for (const { level } of rows.values()) levelDemand(level, bindings, (i) => `bindings.${i}.role`);
  return [...rows.keys()];
}
