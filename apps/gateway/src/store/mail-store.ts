/** Rows of the outbox as their sender sees them. A mail's text is gone as soon as nobody needs it. */
import { and, eq, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { mailOutbox } from './schema.ts';

export type MailRow = typeof mailOutbox.$inferSelect;

const waiting = and(isNull(mailOutbox.sentAt), isNull(mailOutbox.failedAt));

/** Takes the next mail that is due for `leaseMs`; a sender that dies leaves it to be taken again after that. */
export async function mailClaim(db: Executor, now: Date, leaseMs: number): Promise<MailRow | null> {
  const [row] = await db
    .update(mailOutbox)
    .set({ attempts: sql`${mailOutbox.attempts} + 1`, nextAt: new Date(now.getTime() + leaseMs) })
    .where(
      sql`${mailOutbox.id} = (
        select id from mail_outbox
        where sent_at is null and failed_at is null and next_at <= ${now.toISOString()}::timestamptz
        order by next_at, id limit 1 for update skip locked)`,
    )
    .returning();
  return row ?? null;
}

export async function mailSent(db: Executor, id: number, now: Date): Promise<void> {
  await db
    .update(mailOutbox)
    .set({ sentAt: now, text: '', error: null })
    .where(and(eq(mailOutbox.id, id), waiting));
}

export async function mailGivenUp(db: Executor, id: number, now: Date, error: string): Promise<void> {
  await db
    .update(mailOutbox)
    .set({ failedAt: now, text: '', error })
    .where(and(eq(mailOutbox.id, id), waiting));
}

export async function mailPutOff(db: Executor, id: number, nextAt: Date, error: string): Promise<void> {
  await db
    .update(mailOutbox)
    .set({ nextAt, error })
    .where(and(eq(mailOutbox.id, id), waiting));
}

/** Gives up what has expired, and forgets what ended before `before`. How many expired. */
export async function mailsTidy(db: Executor, now: Date, before: Date): Promise<number> {
  const { rowCount } = await db
    .update(mailOutbox)
    .set({ failedAt: now, text: '', error: sql`coalesce(${mailOutbox.error}, 'expired')` })
    .where(and(waiting, lte(mailOutbox.expiresAt, now)));
  await db
    .delete(mailOutbox)
    .where(
      or(
        and(isNotNull(mailOutbox.sentAt), lt(mailOutbox.sentAt, before)),
        and(isNotNull(mailOutbox.failedAt), lt(mailOutbox.failedAt, before)),
      ),
    );
  return rowCount ?? 0;
}

export interface MailFigures {
  readonly waiting: number;
  /** When the one was queued that has waited longest. */
  readonly oldest: Date | null;
  /** Given up; those that are still kept. */
  readonly failed: number;
}

export async function mailFigures(db: Executor): Promise<MailFigures> {
  const [row] = await db
    .select({
      waiting: sql<number>`(count(*) filter (where ${waiting}))::int`,
      oldest: sql<string | null>`min(${mailOutbox.createdAt}) filter (where ${waiting})`,
      failed: sql<number>`(count(*) filter (where ${mailOutbox.failedAt} is not null))::int`,
    })
    .from(mailOutbox);
  return { waiting: row?.waiting ?? 0, oldest: row?.oldest ? new Date(row.oldest) : null, failed: row?.failed ?? 0 };
}
