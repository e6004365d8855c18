/** Roles and who they are given to. */
import { and, asc, eq, inArray, isNotNull, ne, sql, type Column, type SQL } from 'drizzle-orm';
import type { Permission, ResourceScope, RoleRef } from '@basalt/contract';
import { newId } from '@basalt/service';
import type { Executor } from './database.ts';
import { accountGroupMembers, accountGroups, accounts, roleBindings, roles, settings } from './schema.ts';

export type RoleRow = typeof roles.$inferSelect;

/** A binding of an account, its own or one of its groups', with what a custom role says; null there: a built-in role. */
export interface BindingFact {
  readonly role: string;
  readonly scope: ResourceScope | null;
  readonly permissions: readonly Permission[] | null;
  readonly dataScope: 'all' | 'own' | null;
}

/** One writer at a time for all that decides who may do what: its rules speak of several accounts, groups and roles at once. */
const RIGHTS_LOCK = 7_254_018_341;
export async function rightsLock(tx: Executor): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${RIGHTS_LOCK})`);
}

/** While duties are separated (IAM-18). */
export const dutySeparated = sql<boolean>`coalesce((
  select (${settings.value} ->> 'enabled')::boolean from ${settings} where ${settings.key} = 'dutySeparation'), false)`;

/**
 * All bindings that hold for the account of a row, as one column of its query. While duties are separated, whoever is system
 * administrator is the one of the three; it is said here, so that nobody who asks for rights can forget it.
 */
export const bindingFactsOf = (accountId: Column): SQL<BindingFact[]> =>
  sql<BindingFact[]>`${bindingsSelect(accountId)}`;

/** In a template of its own: of the outermost one, a query of a single table drops the names of tables. */
const bindingsSelect = (accountId: Column): SQL => sql`(
  select coalesce(json_agg(json_build_object(
    'role', case when ${roleBindings.role} = 'systemAdmin' and ${dutySeparated} then 'dutySystemAdmin' else ${roleBindings.role} end,
    'scope', ${roleBindings.scope},
    'permissions', ${roles.permissions}, 'dataScope', ${roles.dataScope})
    order by ${roleBindings.role}, ${roleBindings.id}), '[]')
  from ${roleBindings} left join ${roles} on ${roles.id}::text = ${roleBindings.role}
  where ${roleBindings.accountId} = ${accountId}
    or ${roleBindings.groupId} in (
      select ${accountGroupMembers.groupId} from ${accountGroupMembers}
      where ${accountGroupMembers.accountId} = ${accountId}))`;

/** Level and bindings of one account, or null. */
export async function accountRights(
  db: Executor,
  id: string,
): Promise<{
  readonly level: 'system' | 'region';
  readonly regions: string[];
  readonly bindings: BindingFact[];
} | null> {
  const [row] = await db
    .select({ level: accounts.level, regions: accounts.regions, bindings: bindingFactsOf(accounts.id) })
    .from(accounts)
    .where(eq(accounts.id, id));
  return row ?? null;
}

export const dutySeparationNow = async (db: Executor): Promise<boolean> => {
  const { rows } = await db.execute<{ separated: boolean }>(sql`select ${dutySeparated} as separated`);
  return rows[0]?.separated ?? false;
};

/** A role as its holder has it, by himself or by a group. */
export interface HeldRole {
  readonly accountId: string;
  readonly accountName: string;
  readonly email: string;
  readonly level: 'system' | 'region';
  readonly frozen: boolean;
  readonly role: string;
  readonly scope: ResourceScope | null;
  /** Of a custom role. */
  readonly roleName: string | null;
  readonly permissions: readonly Permission[] | null;
}

/** Roles as they were given, of these accounts or of all. */
export async function rolesHeld(db: Executor, accountIds: readonly string[] | null): Promise<HeldRole[]> {
  if (accountIds?.length === 0) return [];
  return db
    .select({
      accountId: accounts.id,
      accountName: accounts.name,
      email: accounts.email,
      level: accounts.level,
      frozen: accounts.frozen,
      role: roleBindings.role,
      scope: roleBindings.scope,
      roleName: roles.name,
      permissions: roles.permissions,
    })
    .from(accounts)
    .innerJoin(
      roleBindings,
      sql`${roleBindings.accountId} = ${accounts.id} or ${roleBindings.groupId} in (
        select ${accountGroupMembers.groupId} from ${accountGroupMembers} where ${accountGroupMembers.accountId} = ${accounts.id})`,
    )
    .leftJoin(roles, sql`${roles.id}::text = ${roleBindings.role}`)
    .where(accountIds ? inArray(accounts.id, [...accountIds]) : undefined)
    .orderBy(asc(accounts.email), asc(roleBindings.role));
}

export const rolesCustom = (db: Executor): Promise<RoleRow[]> =>
  db.select().from(roles).orderBy(asc(roles.name), asc(roles.id));

export const rolesByIds = async (db: Executor, ids: readonly string[]): Promise<RoleRow[]> =>
  ids.length === 0
    ? []
    : db
        .select()
        .from(roles)
        .where(inArray(roles.id, [...ids]));

/** The custom role of another id that has the name, if there is one. */
export async function roleByName(db: Executor, name: string, otherThan?: string): Promise<RoleRow | null> {
  const [row] = await db
    .select()
    .from(roles)
    .where(and(eq(roles.name, name), otherThan === undefined ? undefined : ne(roles.id, otherThan)));
  return row ?? null;
}

export async function roleAdd(tx: Executor, row: typeof roles.$inferInsert): Promise<void> {
  await tx.insert(roles).values(row);
}

export async function roleChange(tx: Executor, id: string, change: Partial<RoleRow>): Promise<void> {
  if (Object.keys(change).length > 0) await tx.update(roles).set(change).where(eq(roles.id, id));
}

export async function roleRemove(tx: Executor, id: string): Promise<void> {
  await tx.delete(roles).where(eq(roles.id, id));
}

/** How many accounts and groups each role is given to, by role. */
export async function roleCounts(
  db: Executor,
): Promise<ReadonlyMap<string, { readonly accounts: number; readonly groups: number }>> {
  const rows = await db
    .select({
      role: roleBindings.role,
      accounts: sql<number>`count(distinct ${roleBindings.accountId})::int`,
      groups: sql<number>`count(distinct ${roleBindings.groupId})::int`,
    })
    .from(roleBindings)
    .groupBy(roleBindings.role);
  return new Map(rows.map(({ role, ...counts }) => [role, counts]));
}

export interface RoleHolder {
  readonly kind: 'account' | 'group';
  readonly id: string;
  readonly name: string;
  /** E-mail address of an account. */
  readonly email: string | null;
  readonly members: number | null;
}

/** Accounts and groups that the role is given to, by name. */
export async function roleHolders(db: Executor, role: RoleRef): Promise<RoleHolder[]> {
  const [own, groups] = [
    await db
      .selectDistinct({ id: accounts.id, name: accounts.name, email: accounts.email })
      .from(roleBindings)
      .innerJoin(accounts, eq(accounts.id, roleBindings.accountId))
      .where(eq(roleBindings.role, role)),
    await db
      .selectDistinct({
        id: accountGroups.id,
        name: accountGroups.name,
        members: sql<number>`(select count(*)::int from ${accountGroupMembers} where ${accountGroupMembers.groupId} = ${accountGroups.id})`,
      })
      .from(roleBindings)
      .innerJoin(accountGroups, eq(accountGroups.id, roleBindings.groupId))
      .where(eq(roleBindings.role, role)),
  ];
  return [
    ...own.map((row): RoleHolder => ({ kind: 'account', members: null, ...row })),
    ...groups.map((row): RoleHolder => ({ kind: 'group', email: null, ...row })),
  ].toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

/** Ids of all accounts that have the role, by themselves or by a group. */
export async function roleAccountIds(db: Executor, role: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ own: roleBindings.accountId, byGroup: accountGroupMembers.accountId })
    .from(roleBindings)
    .leftJoin(accountGroupMembers, eq(accountGroupMembers.groupId, roleBindings.groupId))
    .where(eq(roleBindings.role, role));
  return [...new Set(rows.flatMap(({ own, byGroup }) => own ?? byGroup ?? []))];
}

/** Whether some binding of the role is narrowed to chosen resources. */
export async function roleIsNarrowed(db: Executor, role: string): Promise<boolean> {
  const found = await db
    .select({ id: roleBindings.id })
    .from(roleBindings)
    .where(and(eq(roleBindings.role, role), isNotNull(roleBindings.scope)))
    .limit(1);
  return found.length > 0;
}

export interface BindingInput {
  readonly role: RoleRef;
  readonly scope: ResourceScope | null;
}
export type Holder = { readonly accountId: string } | { readonly groupId: string };
export type BindingRow = typeof roleBindings.$inferSelect;

/** Bindings of these accounts themselves, or of these groups, with the names of custom roles, in the order they were given. */
export const bindingsOf = async (
  db: Executor,
  by: 'accountId' | 'groupId',
  ids: readonly string[],
): Promise<(BindingRow & { readonly roleName: string | null })[]> => {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ binding: roleBindings, roleName: roles.name })
    .from(roleBindings)
    .leftJoin(roles, sql`${roles.id}::text = ${roleBindings.role}`)
    .where(inArray(roleBindings[by], [...ids]))
    .orderBy(asc(roleBindings.id));
  return rows.map(({ binding, roleName }) => ({ ...binding, roleName }));
};

/** Puts the bindings in place of those the holder had; the ones that stay keep their ids. */
export async function bindingsReplace(tx: Executor, holder: Holder, wanted: readonly BindingInput[]): Promise<void> {
  const [by, id] =
    'accountId' in holder ? (['accountId', holder.accountId] as const) : (['groupId', holder.groupId] as const);
  const left = await bindingsOf(tx, by, [id]);
  for (const binding of wanted) {
    const same = left.findIndex((old) => bindingKey(old) === bindingKey(binding));
    if (same >= 0) left.splice(same, 1);
    else await tx.insert(roleBindings).values({ id: newId(), ...holder, role: binding.role, scope: binding.scope });
  }
  if (left.length > 0)
    await tx.delete(roleBindings).where(
      inArray(
        roleBindings.id,
        left.map((old) => old.id),
      ),
    );
}

/** Equal for bindings that give the same. */
export const bindingKey = ({ role, scope }: { readonly role: string; readonly scope: ResourceScope | null }): string =>
  JSON.stringify([
    role,
    scope && [scope.clusters, scope.hosts, scope.vms].map((ids: readonly string[]) => ids.toSorted()),
  ]);
