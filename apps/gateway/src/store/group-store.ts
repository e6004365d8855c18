/** Account groups: what a group is given holds for its members (IAM-17). */
import { and, asc, count, desc, eq, ilike, inArray, ne, or, sql, type SQL } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { likePattern, type OffsetPage } from './page.ts';
import { accountGroupMembers, accountGroups, accounts } from './schema.ts';

export type GroupRow = typeof accountGroups.$inferSelect;

export async function groupById(db: Executor, id: string): Promise<GroupRow | null> {
  const [row] = await db.select().from(accountGroups).where(eq(accountGroups.id, id));
  return row ?? null;
}

export async function groupsByIds(db: Executor, ids: readonly string[]): Promise<GroupRow[]> {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(accountGroups)
        .where(inArray(accountGroups.id, [...ids]));
}

/** The group of another id that has the name, if there is one. */
export async function groupByName(db: Executor, name: string, otherThan?: string): Promise<GroupRow | null> {
  const [row] = await db
    .select()
    .from(accountGroups)
    .where(and(eq(accountGroups.name, name), otherThan === undefined ? undefined : ne(accountGroups.id, otherThan)));
  return row ?? null;
}

export interface GroupQuery {
  readonly search?: string | undefined;
  readonly sort: { readonly field: 'name' | 'members' | 'createdAt'; readonly order: 'asc' | 'desc' };
}

export async function groupPage(
  db: Executor,
  { search, sort }: GroupQuery,
  { limit, offset }: OffsetPage,
): Promise<{ readonly rows: GroupRow[]; readonly total: number }> {
  const pattern = search ? likePattern(search) : null;
  const where: SQL | undefined =
    pattern === null ? undefined : or(ilike(accountGroups.name, pattern), ilike(accountGroups.note, pattern));
  const [counted] = await db.select({ n: count() }).from(accountGroups).where(where);
  const order = sort.order === 'asc' ? asc : desc;
  const by = {
    name: accountGroups.name,
    members: sql`(select count(*) from ${accountGroupMembers} where ${accountGroupMembers.groupId} = ${accountGroups.id})`,
    createdAt: accountGroups.createdAt,
  }[sort.field];
  const rows = await db
    .select()
    .from(accountGroups)
    .where(where)
    .orderBy(order(by), asc(accountGroups.name), asc(accountGroups.id))
    .limit(limit)
    .offset(offset);
  return { rows, total: counted?.n ?? 0 };
}

export async function groupAdd(tx: Executor, row: typeof accountGroups.$inferInsert): Promise<void> {
  await tx.insert(accountGroups).values(row);
}

export async function groupChange(tx: Executor, id: string, change: Partial<GroupRow>): Promise<void> {
  if (Object.keys(change).length > 0) await tx.update(accountGroups).set(change).where(eq(accountGroups.id, id));
}

/** With its bindings and memberships. */
export async function groupRemove(tx: Executor, id: string): Promise<void> {
  await tx.delete(accountGroups).where(eq(accountGroups.id, id));
}

export interface Member {
  readonly groupId: string;
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly level: 'system' | 'region';
}

/** Members of these groups by e-mail address. */
export async function membersOf(db: Executor, groupIds: readonly string[]): Promise<Member[]> {
  if (groupIds.length === 0) return [];
  return db
    .select({
      groupId: accountGroupMembers.groupId,
      id: accounts.id,
      name: accounts.name,
      email: accounts.email,
      level: accounts.level,
    })
    .from(accountGroupMembers)
    .innerJoin(accounts, eq(accounts.id, accountGroupMembers.accountId))
    .where(inArray(accountGroupMembers.groupId, [...groupIds]))
    .orderBy(asc(accounts.email));
}

/** Groups of these accounts by name. */
export async function groupsOf(
  db: Executor,
  accountIds: readonly string[],
): Promise<{ readonly accountId: string; readonly id: string; readonly name: string }[]> {
  if (accountIds.length === 0) return [];
  return db
    .select({ accountId: accountGroupMembers.accountId, id: accountGroups.id, name: accountGroups.name })
    .from(accountGroupMembers)
    .innerJoin(accountGroups, eq(accountGroups.id, accountGroupMembers.groupId))
    .where(inArray(accountGroupMembers.accountId, [...accountIds]))
    .orderBy(asc(accountGroups.name));
}

export async function membersAdd(tx: Executor, groupId: string, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length > 0)
    await tx
      .insert(accountGroupMembers)
      .values(accountIds.map((accountId) => ({ groupId, accountId })))
      .onConflictDoNothing();
}

export async function membersRemove(tx: Executor, groupId: string, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length > 0)
    await tx
      .delete(accountGroupMembers)
      .where(and(eq(accountGroupMembers.groupId, groupId), inArray(accountGroupMembers.accountId, [...accountIds])));
}
