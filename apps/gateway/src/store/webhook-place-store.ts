/**
 * How far each webhook has come in each region. Every move is made from what was read and by whoever holds the place: a
 * second gateway that thinks it leads, or somebody who skips what waits, is noticed and nothing is moved twice.
 */
import { and, eq, inArray, isNull, lte, or, sql, type SQL } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { webhookPlaces } from './schema.ts';
import type { StoredOutcome } from './schema/webhook.ts';

export type PlaceRow = typeof webhookPlaces.$inferSelect;
/** A message under way. */
export interface Pin {
  readonly messageId: string;
  readonly first: number;
  readonly last: number;
  readonly pinnedAt: Date;
}
/** A place that this process holds, for one try. */
export type HeldPlace = PlaceRow & Pin & { readonly delivered: number };

const unpinned = { messageId: null, first: null, last: null, pinnedAt: null, attempt: 0, heldUntil: null } as const;
const calm = { failures: 0, failingSince: null, nextTryAt: null, lastFailure: null, lastFailureAt: null } as const;

const at = ({ webhookId, region }: Pick<PlaceRow, 'webhookId' | 'region'>): SQL | undefined =>
  and(eq(webhookPlaces.webhookId, webhookId), eq(webhookPlaces.region, region));

/** As it was read, and held by nobody. */
const asRead = (place: PlaceRow): SQL | undefined =>
  and(
    at(place),
    place.delivered === null ? isNull(webhookPlaces.delivered) : eq(webhookPlaces.delivered, place.delivered),
    place.messageId === null ? isNull(webhookPlaces.messageId) : eq(webhookPlaces.messageId, place.messageId),
    eq(webhookPlaces.attempt, place.attempt),
    or(isNull(webhookPlaces.heldUntil), lte(webhookPlaces.heldUntil, sql`now()`)),
  );

const asHeld = (place: HeldPlace): SQL | undefined =>
  and(at(place), eq(webhookPlaces.messageId, place.messageId), eq(webhookPlaces.attempt, place.attempt));

export async function placesOf(db: Executor, webhookIds: readonly string[]): Promise<PlaceRow[]> {
  if (webhookIds.length === 0) return [];
  return db
    .select()
    .from(webhookPlaces)
    .where(inArray(webhookPlaces.webhookId, [...webhookIds]))
    .orderBy(webhookPlaces.webhookId, webhookPlaces.region);
}

/** Begins in regions where it is not yet; null: at the end of the region's outbox, once it is known. */
export async function placesBegin(
  tx: Executor,
  webhookId: string,
  places: readonly { readonly region: string; readonly delivered: number | null }[],
): Promise<void> {
  if (places.length > 0)
    await tx
      .insert(webhookPlaces)
      .values(places.map((place) => ({ webhookId, ...place })))
      .onConflictDoNothing();
}

export async function placesRemove(tx: Executor, webhookId: string, regions: readonly string[]): Promise<void> {
  if (regions.length > 0)
    await tx
      .delete(webhookPlaces)
      .where(and(eq(webhookPlaces.webhookId, webhookId), inArray(webhookPlaces.region, [...regions])));
}

/** Forgets the messages under way, whose events will come under another id. */
export async function placesUnpin(tx: Executor, webhookId: string): Promise<void> {
  await tx.update(webhookPlaces).set(unpinned).where(eq(webhookPlaces.webhookId, webhookId));
}

/** What waits for its next try is tried now. */
export async function placesRetry(tx: Executor, webhookId: string): Promise<void> {
  await tx.update(webhookPlaces).set({ nextTryAt: null }).where(eq(webhookPlaces.webhookId, webhookId));
}

/** Goes on at the end of the region's outbox, where it is not there already. @param head null: once it is known */
export async function placeSkip(tx: Executor, place: PlaceRow, head: number | null): Promise<void> {
  await tx
    .update(webhookPlaces)
    .set({
      ...unpinned,
      ...calm,
      delivered: head,
      missed: place.missed || (place.delivered !== null && place.delivered !== head),
    })
    .where(at(place));
}

/** Moves over what nobody asked for. Whether it was as read. */
export async function placeMove(db: Executor, place: PlaceRow, to: number, missed: boolean): Promise<boolean> {
  const { rowCount } = await db
    .update(webhookPlaces)
    .set({ ...unpinned, delivered: to, missed })
    .where(asRead(place));
  return rowCount === 1;
}

/** Forgets the message under way, whose events are not kept any more. */
export async function placeUnpin(db: Executor, place: PlaceRow): Promise<void> {
  await db
    .update(webhookPlaces)
    .set({ ...unpinned, missed: true })
    .where(asRead(place));
}

/** Pins the message and holds the place for one try; null when it is not as read any more, or held by another. */
export async function placeHold(
  db: Executor,
  place: PlaceRow,
  { messageId, first, last, pinnedAt }: Pin,
  { missed, holdMs }: { readonly missed: boolean; readonly holdMs: number },
): Promise<HeldPlace | null> {
  const [row] = await db
    .update(webhookPlaces)
    .set({
      messageId,
      first,
      last,
      pinnedAt,
      missed,
      attempt: sql`${webhookPlaces.attempt} + 1`,
      heldUntil: sql`now() + ${holdMs} * interval '1 millisecond'`,
    })
    .where(asRead(place))
    .returning();
  return row && row.delivered !== null ? { ...row, delivered: row.delivered, messageId, first, last, pinnedAt } : null;
}

/** The receiver took it. Whether the place was still held. */
export async function placeDelivered(tx: Executor, place: HeldPlace): Promise<boolean> {
  const { rowCount } = await tx
    .update(webhookPlaces)
    .set({ ...unpinned, ...calm, delivered: place.last, missed: false })
    .where(asHeld(place));
  return rowCount === 1;
}

/** The receiver did not take it. */
export async function placeFailed(
  tx: Executor,
  place: HeldPlace,
  { outcome, now, nextTryAt }: { readonly outcome: StoredOutcome; readonly now: Date; readonly nextTryAt: Date },
): Promise<void> {
  await tx
    .update(webhookPlaces)
    .set({
      heldUntil: null,
      failures: sql`${webhookPlaces.failures} + 1`,
      failingSince: sql`coalesce(${webhookPlaces.failingSince}, ${now.toISOString()}::timestamptz)`,
      nextTryAt,
      lastFailure: outcome,
      lastFailureAt: now,
    })
    .where(asHeld(place));
}

/** It is not known what became of the try; the next one need not wait. */
export async function placeRelease(db: Executor, place: HeldPlace): Promise<void> {
  await db.update(webhookPlaces).set({ heldUntil: null }).where(asHeld(place));
}
