/** Takes a region's entries into the chain. The place up to which they were taken moves in the same transaction. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { RegionLogEntry } from '@basalt/contract';
import type { Database, Executor, Transaction } from './database.ts';
import { operationLogAdd, type ForeignEntry } from './operation-log-store.ts';
import { logFeeds, operationEnds, operationLog } from './schema.ts';

export type FeedRow = typeof logFeeds.$inferSelect;

/** Up to where each region's log has been taken, and when it was last asked for more. */
export const logFeedsOf = (db: Executor): Promise<FeedRow[]> => db.select().from(logFeeds);

/** Up to which of the region's entries all are in the chain; 0 where nothing was taken. */
export async function logFeedTaken(db: Database, region: string): Promise<number> {
  const [row] = await db.select({ taken: logFeeds.taken }).from(logFeeds).where(eq(logFeeds.region, region)).limit(1);
  return row?.taken ?? 0;
}

const EARLIEST = Date.UTC(1970, 0, 1);
const DAY_MS = 86_400_000;

/** A region's clock may be wrong; what cannot be is taken as of now, because lists are ordered by it. */
function momentOf(at: string, now: Date): Date {
  const moment = Date.parse(at);
  return moment >= EARLIEST && moment <= now.getTime() + DAY_MS ? new Date(moment) : now;
}

/** Places in the chain of those of the region's entries that others tell the end of. */
async function placesOf(tx: Transaction, region: string, about: readonly number[]): Promise<Map<number, number>> {
  if (about.length === 0) return new Map();
  const rows = await tx
    .select({ sequence: operationLog.sequence, regionSequence: operationLog.regionSequence })
    .from(operationLog)
    .where(and(eq(operationLog.region, region), inArray(operationLog.regionSequence, [...about])));
  return new Map(rows.map((row) => [row.regionSequence ?? 0, row.sequence]));
}

export interface FeedPage {
  readonly region: string;
  /** What was taken when these were asked for. */
  readonly after: number;
  readonly entries: readonly RegionLogEntry[];
  readonly unreadable: readonly number[];
}

/** Whether they were taken: not if another has taken some of them meanwhile. */
export async function logFeedTake(db: Database, { region, after, entries, unreadable }: FeedPage): Promise<boolean> {
  const last = Math.max(after, entries.at(-1)?.id ?? 0, unreadable.at(-1) ?? 0);
  return db.transaction(async (tx) => {
    const now = new Date();
    await tx.insert(logFeeds).values({ region, taken: 0, seenAt: now }).onConflictDoNothing();
    const [feed] = await tx.select().from(logFeeds).where(eq(logFeeds.region, region)).for('update');
    if (feed?.taken !== after) return false;
    await tx.update(logFeeds).set({ taken: last, seenAt: now }).where(eq(logFeeds.region, region));
    if (last === after) return true;

    const ids = new Set(entries.map(({ id }) => id));
    const earlier = await placesOf(
      tx,
      region,
      entries.flatMap(({ about }) => (about !== null && !ids.has(about) ? [about] : [])),
    );
    const isKnown = (about: number): boolean => ids.has(about) || earlier.has(about);
    const taken: ForeignEntry[] = entries.map(({ id, at, about, detail, ...told }) => ({
      ...told,
      region,
      regionSequence: id,
      at: momentOf(at, now),
      // the end of something that is not here stands for itself
      about: about !== null && isKnown(about) ? about : null,
      detail: about === null || isKnown(about) ? detail : { ...detail, about },
    }));
    const remarks: ForeignEntry[] = unreadable.map((id) => ({
      operation: 'operationLog.unreadable',
      region,
      regionSequence: id,
      at: now,
      accountName: '',
      via: 'platform',
      address: '',
      client: '',
      requestId: '',
      result: 'failed',
      error: 'internal',
      detail: { unreadable: id },
    }));
    const all = [...taken, ...remarks].toSorted((a, b) => (a.regionSequence ?? 0) - (b.regionSequence ?? 0));
    const places = await operationLogAdd(tx, ...all);
    const placeOf = new Map(all.map((entry, i) => [entry.regionSequence ?? 0, places[i] ?? 0]));
    const ends = taken.flatMap(({ about, result, error, errorParams, at }) => {
      const sequence = about === null || about === undefined ? undefined : (placeOf.get(about) ?? earlier.get(about));
      return sequence === undefined || result === 'accepted'
        ? []
        : [{ sequence, result, error: error ?? null, errorParams: errorParams ?? null, at: at ?? now }];
    });
    // were an end told twice, the last word is the one that counts
    for (const end of ends)
      await tx
        .insert(operationEnds)
        .values(end)
        .onConflictDoUpdate({ target: operationEnds.sequence, set: { ...end, sequence: sql`excluded.sequence` } });
    return true;
  });
}
