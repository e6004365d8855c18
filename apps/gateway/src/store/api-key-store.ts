/** Key pairs by which programs sign their requests, and the nonces that these have used (IAM-15). */
import { and, count, desc, eq, ilike, lt, or, sql, type SQL } from 'drizzle-orm';
import type { ApiKeyId } from '@basalt/contract';
import type { AccountRow } from './account-store.ts';
import type { Database, Executor } from './database.ts';
import { bindingFactsOf, type BindingFact } from './role-store.ts';
import { accounts, apiKeys, apiNonces } from './schema.ts';

export type ApiKeyRow = typeof apiKeys.$inferSelect;
export interface ApiKeyWithAccount {
  readonly key: ApiKeyRow;
  readonly account: Pick<AccountRow, 'id' | 'name' | 'email'>;
}
export interface ApiKeyFacts {
  readonly key: ApiKeyRow;
  readonly account: AccountRow;
  readonly bindings: readonly BindingFact[];
}

const withAccount = {
  key: apiKeys,
  account: { id: accounts.id, name: accounts.name, email: accounts.email },
};

/** The sealed private key that belongs to a public one. It never changes while the key lives. */
export async function apiKeySecret(db: Executor, publicKey: string): Promise<Pick<ApiKeyRow, 'id' | 'secret'> | null> {
  const [row] = await db
    .select({ id: apiKeys.id, secret: apiKeys.secret })
    .from(apiKeys)
    .where(eq(apiKeys.publicKey, publicKey))
    .limit(1);
  return row ?? null;
}

/** Asks for keys as they are now, with what decides about their accounts. Prepared once: every signed request asks. */
export function apiKeyFactsQuery(db: Database): (ids: readonly string[]) => Promise<ApiKeyFacts[]> {
  const prepared = db
    .select({ key: apiKeys, account: accounts, bindings: bindingFactsOf(accounts.id) })
    .from(apiKeys)
    .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
    .where(sql`${apiKeys.id} = any(${sql.placeholder('ids')}::uuid[])`)
    .prepare('api_key_facts');
  return (ids) => prepared.execute({ ids });
}

export interface NonceUse {
  readonly keyId: string;
  readonly nonce: string;
  readonly expiresAt: Date;
  /** Also a crash of the database must not forget it; else the last moment before one may be forgotten. */
  readonly durable: boolean;
}

/** Takes nonces, many in one statement; those that were not taken before. */
export async function noncesTake(
  db: Executor,
  uses: readonly NonceUse[],
): Promise<Pick<NonceUse, 'keyId' | 'nonce'>[]> {
  const commit = uses.some(({ durable }) => durable) ? sql`current_setting('synchronous_commit')` : sql`'off'`;
  const keys = uses.map(({ keyId }) => keyId);
  const nonces = uses.map(({ nonce }) => nonce);
  const ends = uses.map(({ expiresAt }) => expiresAt.toISOString());
  const { rows } = await db.execute<{ keyId: string; nonce: string }>(sql`
    insert into ${apiNonces} (key_id, nonce, expires_at)
    select taken.* from
      (select set_config('synchronous_commit', ${commit}, true)) as waits,
      unnest(${sql.param(keys)}::uuid[], ${sql.param(nonces)}::text[], ${sql.param(ends)}::timestamptz[]) as taken
    on conflict do nothing returning key_id as "keyId", nonce`);
  return rows;
}

export async function noncesPrune(db: Executor, now: Date): Promise<void> {
  await db.delete(apiNonces).where(lt(apiNonces.expiresAt, now));
}

export async function apiKeyTouch(db: Executor, id: string, at: Date, address: string): Promise<void> {
  await db.update(apiKeys).set({ lastUsedAt: at, lastUsedAddress: address }).where(eq(apiKeys.id, id));
}

/** An account's keys, oldest first. */
export const apiKeysOf = (db: Executor, accountId: string): Promise<ApiKeyWithAccount[]> =>
  db
    .select(withAccount)
    .from(apiKeys)
    .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
    .where(eq(apiKeys.accountId, accountId))
    .orderBy(apiKeys.id);

/** How many keys the account has; its row is held until the end of the transaction, so that two cannot count at once. */
export async function apiKeysCountLocked(tx: Executor, accountId: string): Promise<number> {
  await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('update');
  const [row] = await tx.select({ keys: count() }).from(apiKeys).where(eq(apiKeys.accountId, accountId));
  return row?.keys ?? 0;
}

/** One key, held until the end of the transaction; of `accountId` only, where it is given. */
export async function apiKeyLocked(tx: Executor, id: ApiKeyId, accountId?: string): Promise<ApiKeyWithAccount | null> {
  const [row] = await tx
    .select(withAccount)
    .from(apiKeys)
    .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
    .where(and(eq(apiKeys.id, id), accountId === undefined ? undefined : eq(apiKeys.accountId, accountId)))
    .for('update', { of: apiKeys })
    .limit(1);
  return row ?? null;
}

/** Whether another key of the account has the name. */
export async function apiKeyNameTaken(
  tx: Executor,
  accountId: string,
  name: string,
  except?: ApiKeyId,
): Promise<boolean> {
  const rows = await tx
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.accountId, accountId), eq(apiKeys.name, name)));
  return rows.some(({ id }) => id !== except);
}

export async function apiKeyAdd(tx: Executor, row: typeof apiKeys.$inferInsert): Promise<ApiKeyRow> {
  const [made] = await tx.insert(apiKeys).values(row).returning();
  if (!made) throw new Error('the key was not written');
  return made;
}

export async function apiKeyChange(
  tx: Executor,
  id: ApiKeyId,
  change: Partial<Pick<ApiKeyRow, 'name' | 'enabled' | 'permissions'>>,
): Promise<void> {
  if (Object.keys(change).length > 0) await tx.update(apiKeys).set(change).where(eq(apiKeys.id, id));
}

export async function apiKeyDelete(tx: Executor, id: ApiKeyId): Promise<void> {
  await tx.delete(apiKeys).where(eq(apiKeys.id, id));
}

export interface ApiKeyPage {
  readonly limit: number;
  readonly page: number;
  /** Id of the last row of the page before; wins over `page`. */
  readonly after: string | null;
  readonly search: string | undefined;
  readonly accountId: string | undefined;
  readonly enabled: boolean | undefined;
}

const like = (search: string): string => `%${search.replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;

/** Keys of all accounts, newest first, with how many match in all. */
export async function apiKeysPage(
  db: Executor,
  { limit, page, after, search, accountId, enabled }: ApiKeyPage,
): Promise<{ rows: ApiKeyWithAccount[]; total: number }> {
  const matching: (SQL | undefined)[] = [
    accountId === undefined ? undefined : eq(apiKeys.accountId, accountId),
    enabled === undefined ? undefined : eq(apiKeys.enabled, enabled),
    search
      ? or(
          ilike(apiKeys.name, like(search)),
          ilike(accounts.name, like(search)),
          ilike(accounts.email, like(search)),
          eq(apiKeys.publicKey, search),
          eq(sql`${apiKeys.id}::text`, search),
        )
      : undefined,
  ];
  const from = (extra?: SQL) =>
    db
      .select(withAccount)
      .from(apiKeys)
      .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
      .where(and(...matching, extra));
  const [rows, [counted]] = await Promise.all([
    from(after === null ? undefined : lt(apiKeys.id, after))
      .orderBy(desc(apiKeys.id))
      .limit(limit)
      .offset(after === null ? (page - 1) * limit : 0),
    db
      .select({ total: count() })
      .from(apiKeys)
      .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
      .where(and(...matching)),
  ]);
  return { rows, total: counted?.total ?? 0 };
}
