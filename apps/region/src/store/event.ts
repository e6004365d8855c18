/** Resource events, the outbox as the live stream reads it, findings and health. */
import { and, asc, count, desc, eq, gt, lt, max, sql } from 'drizzle-orm';
import type { ResourceEvent } from '@basalt/contract';
import type { Reader } from './database.ts';
import type { OffsetPage } from './page.ts';
import { likePattern } from './page.ts';
import type { Reach } from '../domain/rights.ts';
import { eventReach } from './reach.ts';
import { findings, idempotency, outbox, resourceEvents, serviceHealths } from './schema/index.ts';

export type OutboxRow = typeof outbox.$inferSelect;

export async function eventPage(
  db: Reader,
  filter: {
    readonly resourceId?: string | undefined;
    readonly kind?: string | undefined;
    readonly search?: string | undefined;
    readonly reach: Reach;
  },
  page: OffsetPage,
): Promise<{ items: ResourceEvent[]; total: number }> {
  const where = and(
    filter.resourceId ? eq(resourceEvents.resourceId, filter.resourceId) : undefined,
    filter.kind ? eq(resourceEvents.kind, filter.kind) : undefined,
    eventReach(filter.reach),
    filter.search ? sql`lower(${resourceEvents.resourceName}) like ${likePattern(filter.search)}` : undefined,
  );
  const rows = await db
    .select()
    .from(resourceEvents)
    .where(where)
    .orderBy(desc(resourceEvents.id))
    .limit(page.limit)
    .offset(page.offset);
  const [counted] = await db.select({ total: count() }).from(resourceEvents).where(where);
  return {
    items: rows.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      resource: { kind: row.kind, id: row.resourceId, name: row.resourceName },
      type: row.type,
      level: row.level,
      params: row.params,
      taskId: row.taskId,
    })),
    total: counted?.total ?? 0,
  };
}

/** Rows behind `after`, oldest first. */
export const outboxAfter = (db: Reader, after: number, limit = 500): Promise<OutboxRow[]> =>
  db.select().from(outbox).where(gt(outbox.sequence, after)).orderBy(asc(outbox.sequence)).limit(limit);

/** The oldest sequence number still kept, or null when nothing is. */
export async function outboxOldest(db: Reader): Promise<number | null> {
  const [row] = await db.select({ sequence: outbox.sequence }).from(outbox).orderBy(asc(outbox.sequence)).limit(1);
  return row?.sequence ?? null;
}

/**
 * Rows behind `after` and what is left of those before, as of one moment: trimming goes on meanwhile, and must not make a gap
 * between two statements that nobody is told of.
 */
export const outboxPage = (
  db: Reader,
  after: number,
  limit: number,
): Promise<{ rows: OutboxRow[]; oldest: number | null; head: number }> =>
  db.transaction(
    async (tx) => {
      const [last] = await tx.select({ head: max(outbox.sequence) }).from(outbox);
      return {
        rows: await outboxAfter(tx, after, limit),
        oldest: await outboxOldest(tx),
        head: last?.head ?? 0,
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );

/** Forgets what is older than the given ages in hours; the newest outbox row stays, because `sequenceNow` reads it. */
export async function historyTrim(db: Reader, { outboxHours = 24, tokenHours = 24 } = {}): Promise<void> {
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  await db
    .delete(outbox)
    .where(and(lt(outbox.at, ago(outboxHours)), sql`${outbox.sequence} < (select max(sequence) from ${outbox})`));
  await db.delete(idempotency).where(lt(idempotency.createdAt, ago(tokenHours)));
}

export const findingAll = (db: Reader) => db.select().from(findings).orderBy(desc(findings.since)).limit(100);
export const serviceHealthAll = (db: Reader) => db.select().from(serviceHealths);
