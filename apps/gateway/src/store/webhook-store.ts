/** Webhooks as they are set up, and the record of what became of their messages. How far they are: webhook-place-store.ts. */
import { and, asc, count, desc, eq, ilike, isNotNull, lt, or, sql } from 'drizzle-orm';
import { BasaltError } from '@basalt/contract';
import type { Executor, Transaction } from './database.ts';
import type { OffsetPage } from './page.ts';
import { webhookDeliveries, webhooks } from './schema.ts';

export type WebhookRow = typeof webhooks.$inferSelect;
export type DeliveryRow = typeof webhookDeliveries.$inferSelect;
/** What a change of a webhook may set. */
export type WebhookValues = Pick<
  WebhookRow,
  'name' | 'url' | 'enabled' | 'regions' | 'kinds' | 'ca' | 'headerNames' | 'headers'
>;

const DELIVERIES_KEPT = 200;
/** Whoever makes a webhook holds it, so that of two at once both are counted. */
const COUNT_LOCK = 7_254_018_334;

export interface WebhooksQuery extends OffsetPage {
  readonly search: string | undefined;
  readonly sort: { readonly field: 'name' | 'url' | 'createdAt'; readonly order: 'asc' | 'desc' };
}

export async function webhookPage(
  db: Executor,
  { search, sort, limit, offset }: WebhooksQuery,
): Promise<{ rows: WebhookRow[]; total: number }> {
  const like = search ? `%${search.replaceAll(/[\\%_]/gu, String.raw`\$&`)}%` : null;
  const where = like ? or(ilike(webhooks.name, like), ilike(webhooks.url, like)) : undefined;
  const by = sort.order === 'asc' ? asc : desc;
  const [rows, totals] = await Promise.all([
    db
      .select()
      .from(webhooks)
      .where(where)
      .orderBy(by(webhooks[sort.field]), by(webhooks.id))
      .limit(limit)
      .offset(offset),
    db.select({ rows: count() }).from(webhooks).where(where),
  ]);
  return { rows, total: totals[0]?.rows ?? 0 };
}

export async function webhookOf(db: Executor, id: string): Promise<WebhookRow | null> {
  const [row] = await db.select().from(webhooks).where(eq(webhooks.id, id)).limit(1);
  return row ?? null;
}

/** Locked, so that nothing about it changes until the transaction ends. */
export async function webhookLocked(tx: Transaction, id: string): Promise<WebhookRow | null> {
  const [row] = await tx.select().from(webhooks).where(eq(webhooks.id, id)).limit(1).for('update');
  return row ?? null;
}

export const webhooksEnabled = (db: Executor): Promise<WebhookRow[]> =>
  db.select().from(webhooks).where(eq(webhooks.enabled, true)).orderBy(asc(webhooks.createdAt), asc(webhooks.id));

/** How many there are; nobody makes another until the transaction ends. */
export async function webhooksCount(tx: Transaction): Promise<number> {
  await tx.execute(sql`select pg_advisory_xact_lock(${COUNT_LOCK})`);
  const [row] = await tx.select({ rows: count() }).from(webhooks);
  return row?.rows ?? 0;
}

export async function webhookAdd(tx: Executor, row: typeof webhooks.$inferInsert): Promise<void> {
  await tx.insert(webhooks).values(row);
}

/**
 * Changes what was read.
 * @throws BasaltError changedMeanwhile when `version` is not the present one.
 */
export async function webhookChange(
  tx: Executor,
  { row, version, values, by }: { row: WebhookRow; version: number; values: Partial<WebhookValues>; by: string },
): Promise<void> {
  const { rowCount } = await tx
    .update(webhooks)
    .set({ ...values, version: version + 1, updatedAt: new Date(), updatedBy: by })
    .where(and(eq(webhooks.id, row.id), eq(webhooks.version, version)));
  if (rowCount !== 1) throw new BasaltError('changedMeanwhile', { who: row.updatedBy });
}

/** Gives it another secret; the present one counts until `oldUntil`. Both sealed. */
export async function webhookSecretPut(tx: Executor, row: WebhookRow, secret: string, oldUntil: Date): Promise<void> {
  await tx.update(webhooks).set({ secret, oldSecret: row.secret, oldUntil }).where(eq(webhooks.id, row.id));
}

/** Forgets secrets whose time is over. */
export async function webhookSecretsTidy(db: Executor, now: Date): Promise<void> {
  await db
    .update(webhooks)
    .set({ oldSecret: null, oldUntil: null })
    .where(and(isNotNull(webhooks.oldUntil), lt(webhooks.oldUntil, now)));
}

export async function webhookDeliveredAt(tx: Executor, id: string, at: Date): Promise<void> {
  await tx.update(webhooks).set({ lastDeliveredAt: at }).where(eq(webhooks.id, id));
}

/** Turns it off unless somebody has changed it since it was read. */
export async function webhookTurnOff(tx: Executor, row: WebhookRow, by: string): Promise<boolean> {
  const { rowCount } = await tx
    .update(webhooks)
    .set({ enabled: false, version: row.version + 1, updatedAt: new Date(), updatedBy: by })
    .where(and(eq(webhooks.id, row.id), eq(webhooks.version, row.version), eq(webhooks.enabled, true)));
  return rowCount === 1;
}

export async function webhookRemove(tx: Executor, id: string): Promise<void> {
  await tx.delete(webhooks).where(eq(webhooks.id, id));
}

/** Writes down what became of a try, unless the webhook is gone, and forgets the oldest ones. */
export async function deliveryAdd(tx: Executor, row: Omit<typeof webhookDeliveries.$inferInsert, 'id'>): Promise<void> {
  const { webhookId, at, message, region = null, first = null, last = null, events, attempt, ok, outcome } = row;
  await tx.execute(sql`
    insert into webhook_delivery (webhook_id, at, message, region, "first", "last", events, attempt, ok, outcome)
    select id, ${at.toISOString()}::timestamptz, ${message}, ${region}, ${first}::bigint, ${last}::bigint, ${events}, ${attempt}, ${ok}, ${JSON.stringify(outcome)}::jsonb
    from webhook where id = ${webhookId} for key share`);
  await tx.execute(sql`
    delete from webhook_delivery where webhook_id = ${webhookId} and id <=
      (select id from webhook_delivery where webhook_id = ${webhookId} order by id desc offset ${DELIVERIES_KEPT} limit 1)`);
}

/** Newest first. */
export async function deliveryPage(
  db: Executor,
  { webhookId, ok, limit, offset }: OffsetPage & { readonly webhookId: string; readonly ok: boolean | undefined },
): Promise<{ rows: DeliveryRow[]; total: number }> {
  const where = and(
    eq(webhookDeliveries.webhookId, webhookId),
    ok === undefined ? undefined : eq(webhookDeliveries.ok, ok),
  );
  const [rows, totals] = await Promise.all([
    db.select().from(webhookDeliveries).where(where).orderBy(desc(webhookDeliveries.id)).limit(limit).offset(offset),
    db.select({ rows: count() }).from(webhookDeliveries).where(where),
  ]);
  return { rows, total: totals[0]?.rows ?? 0 };
}
