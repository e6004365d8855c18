/** Rules by which the log is told, and the groups of people they tell. */
import { and, arrayContained, count, eq, ilike, or, sql } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { logRules, notificationGroups } from './schema.ts';

export type RuleRow = typeof logRules.$inferSelect;
export type GroupRow = typeof notificationGroups.$inferSelect;
export interface RuleWithGroup {
  readonly rule: RuleRow;
  readonly group: GroupRow;
}

/** @param regions rules for these regions only, or null for all. */
export const logRulesOf = (db: Executor, regions: readonly string[] | null = null): Promise<RuleWithGroup[]> =>
  db
    .select({ rule: logRules, group: notificationGroups })
    .from(logRules)
    .innerJoin(notificationGroups, eq(notificationGroups.id, logRules.notificationGroupId))
    .where(
      regions === null
        ? undefined
        : // an empty list is refused by the query builder, and nothing is within it
          regions.length === 0
          ? sql`false`
          : and(sql`cardinality(${logRules.regions}) > 0`, arrayContained(logRules.regions, [...regions])),
    )
    .orderBy(logRules.name, logRules.id);

export async function logRuleOf(db: Executor, id: string): Promise<RuleWithGroup | null> {
  const [found] = await db
    .select({ rule: logRules, group: notificationGroups })
    .from(logRules)
    .innerJoin(notificationGroups, eq(notificationGroups.id, logRules.notificationGroupId))
    .where(eq(logRules.id, id))
    .limit(1);
  return found ?? null;
}

export async function logRuleAdd(tx: Executor, row: typeof logRules.$inferInsert): Promise<void> {
  await tx.insert(logRules).values(row);
}

export async function logRuleChange(tx: Executor, id: string, values: Partial<RuleRow>): Promise<void> {
  await tx.update(logRules).set(values).where(eq(logRules.id, id));
}

export async function logRuleRemove(tx: Executor, id: string): Promise<void> {
  await tx.delete(logRules).where(eq(logRules.id, id));
}

/** A group, locked, so that no rule comes to use it while it goes. */
export async function notificationGroupOf(tx: Executor, id: string): Promise<GroupRow | null> {
  const [row] = await tx.select().from(notificationGroups).where(eq(notificationGroups.id, id)).limit(1).for('update');
  return row ?? null;
}

export async function rulesUsing(tx: Executor, groupId: string): Promise<string[]> {
  const rows = await tx
    .select({ name: logRules.name })
    .from(logRules)
    .where(eq(logRules.notificationGroupId, groupId))
    .orderBy(logRules.name);
  return rows.map(({ name }) => name);
}

export interface GroupsQuery {
  readonly limit: number;
  readonly offset: number;
  readonly search?: string | undefined;
}

/** A page of groups with how many rules use each, and how many groups match. */
export async function notificationGroupsOf(
  db: Executor,
  { limit, offset, search }: GroupsQuery,
): Promise<{ rows: (GroupRow & { rules: number })[]; total: number }> {
  const like = search ? `%${search.replaceAll(/[\\%_]/gu, String.raw`\$&`)}%` : null;
  const where = like
    ? or(ilike(notificationGroups.name, like), sql`array_to_string(${notificationGroups.emails}, ' ') ilike ${like}`)
    : undefined;
  const [rows, totals] = await Promise.all([
    db
      .select({
        id: notificationGroups.id,
        name: notificationGroups.name,
        emails: notificationGroups.emails,
        createdAt: notificationGroups.createdAt,
        rules: sql<number>`(select count(*)::int from ${logRules} where ${logRules.notificationGroupId} = notification_group.id)`,
      })
      .from(notificationGroups)
      .where(where)
      .orderBy(notificationGroups.name, notificationGroups.id)
      .limit(limit)
      .offset(offset),
    db.select({ groups: count() }).from(notificationGroups).where(where),
  ]);
  return { rows, total: totals[0]?.groups ?? 0 };
}

export async function notificationGroupAdd(tx: Executor, row: typeof notificationGroups.$inferInsert): Promise<void> {
  await tx.insert(notificationGroups).values(row);
}

export async function notificationGroupChange(tx: Executor, id: string, values: Partial<GroupRow>): Promise<void> {
  await tx.update(notificationGroups).set(values).where(eq(notificationGroups.id, id));
}

export async function notificationGroupRemove(tx: Executor, id: string): Promise<void> {
  await tx.delete(notificationGroups).where(eq(notificationGroups.id, id));
}
