import { and, arrayContains, asc, count, desc, eq, gt, ilike, inArray, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { AccountId } from '@basalt/contract';
import type { Executor } from './database.ts';
import { likePattern, type OffsetPage } from './page.ts';
import {
  accountGroupMembers,
  accountLinks,
  accounts,
  apiKeys,
  recoveryCodes,
  roleBindings,
  sessions,
  signInGuards,
  signInTickets,
} from './schema.ts';

export type AccountRow = typeof accounts.$inferSelect;

export async function accountByEmail(db: Executor, email: string): Promise<AccountRow | null> {
  const [row] = await db.select().from(accounts).where(eq(accounts.email, email)).limit(1);
  return row ?? null;
}

export async function accountById(db: Executor, id: string): Promise<AccountRow | null> {
  const [row] = await db.select().from(accounts).where(eq(accounts.id, id)).limit(1);
  return row ?? null;
}

export const accountsByIds = async (db: Executor, ids: readonly string[]): Promise<AccountRow[]> =>
  ids.length === 0
    ? []
    : db
        .select()
        .from(accounts)
        .where(inArray(accounts.id, [...ids]));

/** Adds the account unless its e-mail address is taken. Tells whether it was added. */
export async function accountAdd(db: Executor, row: typeof accounts.$inferInsert): Promise<boolean> {
  const { rowCount } = await db.insert(accounts).values(row).onConflictDoNothing({ target: accounts.email });
  return rowCount === 1;
}

export async function accountChange(db: Executor, id: AccountId | string, change: Partial<AccountRow>): Promise<void> {
  await db.update(accounts).set(change).where(eq(accounts.id, id));
}

/** With its sessions, keys, bindings and memberships. */
export async function accountRemove(tx: Executor, id: string): Promise<void> {
  await tx.delete(accounts).where(eq(accounts.id, id));
}

/** Links that were mailed and sign-ins that wait for a second factor: void after a change of the account's credentials. */
export async function accountLinksVoid(tx: Executor, id: string): Promise<void> {
  await tx.delete(accountLinks).where(eq(accountLinks.accountId, id));
  await tx.delete(signInTickets).where(eq(signInTickets.accountId, id));
}

export async function accountTotpRemove(tx: Executor, id: string): Promise<void> {
  await accountChange(tx, id, {
    totpSecret: null,
    totpSince: null,
    totpLastStep: null,
    totpPending: null,
    totpPendingUntil: null,
  });
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, id));
  await tx.delete(signInTickets).where(eq(signInTickets.accountId, id));
}

export type AccountState = 'active' | 'frozen' | 'locked';
export interface AccountQuery {
  readonly search?: string | undefined;
  readonly sort: { readonly field: 'name' | 'email' | 'createdAt' | 'lastSignInAt'; readonly order: 'asc' | 'desc' };
  readonly filter: {
    readonly state?: readonly AccountState[] | undefined;
    readonly level?: readonly ('system' | 'region')[] | undefined;
    readonly role?: string | undefined;
    readonly groupId?: string | undefined;
    readonly region?: string | undefined;
  };
}

const stateCase = sql`case when ${accounts.frozen} then 'frozen'
  when exists (select 1 from ${signInGuards} where ${signInGuards.email} = ${accounts.email} and ${signInGuards.lockedUntil} > now())
  then 'locked' else 'active' end`;

// in a template of its own: of the outermost one, a query of a single table drops the names of tables
const state = sql<AccountState>`${stateCase}`;

const memberOf = sql`select ${accountGroupMembers.groupId} from ${accountGroupMembers} where ${accountGroupMembers.accountId} = ${accounts.id}`;

function conditions({ search, filter }: AccountQuery): SQL | undefined {
  const pattern = search ? likePattern(search) : null;
  return and(
    pattern === null
      ? undefined
      : or(ilike(accounts.name, pattern), ilike(accounts.email, pattern), ilike(accounts.note, pattern)),
    filter.role === undefined
      ? undefined
      : sql`exists (select 1 from ${roleBindings} where ${roleBindings.role} = ${filter.role}
          and (${roleBindings.accountId} = ${accounts.id} or ${roleBindings.groupId} in (${memberOf})))`,
    filter.groupId === undefined ? undefined : sql`${filter.groupId}::uuid in (${memberOf})`,
    filter.region === undefined
      ? undefined
      : or(eq(accounts.level, 'system'), arrayContains(accounts.regions, [filter.region])),
  );
}

export interface AccountPage {
  readonly ids: string[];
  readonly total: number;
  readonly facets: { readonly state: Record<string, number>; readonly level: Record<string, number> };
}

/** Ids of one page in order. Facets leave out their own field's condition; one grouped scan counts everything. */
export async function accountPage(
  db: Executor,
  query: AccountQuery,
  { limit, offset }: OffsetPage,
): Promise<AccountPage> {
  const { filter, sort } = query;
  const base = conditions(query);
  const by = {
    name: accounts.name,
    email: accounts.email,
    createdAt: accounts.createdAt,
    lastSignInAt: accounts.lastSignInAt,
  }[sort.field];
  const order = sort.order === 'asc' ? asc : desc;
  const groups = await db
    .select({ state, level: accounts.level, n: count() })
    .from(accounts)
    .where(base)
    .groupBy(sql`1`, accounts.level);
  const facets = { state: {} as Record<string, number>, level: {} as Record<string, number> };
  let total = 0;
  for (const group of groups) {
    const isState = filter.state?.includes(group.state) ?? true;
    const isLevel = filter.level?.includes(group.level) ?? true;
    if (isState && isLevel) total += group.n;
    if (isLevel) facets.state[group.state] = (facets.state[group.state] ?? 0) + group.n;
    if (isState) facets.level[group.level] = (facets.level[group.level] ?? 0) + group.n;
  }
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(
        base,
        filter.level ? inArray(accounts.level, [...filter.level]) : undefined,
        filter.state ? sql`(${state}) in ${[...filter.state]}` : undefined,
      ),
    )
    .orderBy(sort.field === 'lastSignInAt' ? sql`${order(by)} nulls last` : order(by), order(accounts.id))
    .limit(limit)
    .offset(offset);
  return { ids: rows.map(({ id }) => id), total, facets };
}

/** What a list tells of accounts beside their rows: lock, open sessions, keys. */
export async function accountFigures(
  db: Executor,
  ids: readonly string[],
  notIdleSince: Date,
): Promise<
  ReadonlyMap<string, { readonly lockedUntil: Date | null; readonly sessions: number; readonly apiKeys: number }>
> {
  if (ids.length === 0) return new Map();
  const some = [...ids];
  const now = new Date();
  const locks = await db
    .select({ id: accounts.id, until: signInGuards.lockedUntil })
    .from(accounts)
    .innerJoin(signInGuards, eq(signInGuards.email, accounts.email))
    .where(and(inArray(accounts.id, some), gt(signInGuards.lockedUntil, now)));
  const open = await db
    .select({ id: sessions.accountId, n: count() })
    .from(sessions)
    .where(
      and(
        inArray(sessions.accountId, some),
        isNull(sessions.endedAt),
        gt(sessions.absoluteEnd, now),
        gt(sessions.lastSeenAt, notIdleSince),
      ),
    )
    .groupBy(sessions.accountId);
  const keys = await db
    .select({ id: apiKeys.accountId, n: count() })
    .from(apiKeys)
    .where(inArray(apiKeys.accountId, some))
    .groupBy(apiKeys.accountId);
  const of = <R extends { readonly id: string }>(rows: readonly R[], id: string): R | undefined =>
    rows.find((row) => row.id === id);
  return new Map(
    ids.map((id) => [
      id,
      { lockedUntil: of(locks, id)?.until ?? null, sessions: of(open, id)?.n ?? 0, apiKeys: of(keys, id)?.n ?? 0 },
    ]),
  );
}
