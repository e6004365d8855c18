import { and, eq, gt, isNull, lt } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { consoleTickets } from './schema.ts';

export type ConsoleTicketRow = typeof consoleTickets.$inferSelect;

/** Adds the ticket; a repeated request brings the same one again. */
export async function consoleTicketAdd(db: Executor, row: typeof consoleTickets.$inferInsert): Promise<void> {
  await db.insert(consoleTickets).values(row).onConflictDoNothing();
}

/** Takes the ticket if it is unused, in time and of this session; of two takers at once one wins. */
export async function consoleTicketTake(
  db: Executor,
  ticketHash: Buffer,
  sessionId: string,
): Promise<ConsoleTicketRow | null> {
  const now = new Date();
  const [row] = await db
    .update(consoleTickets)
    .set({ usedAt: now })
    .where(
      and(
        eq(consoleTickets.ticketHash, ticketHash),
        eq(consoleTickets.sessionId, sessionId),
        isNull(consoleTickets.usedAt),
        gt(consoleTickets.expiresAt, now),
      ),
    )
    .returning();
  return row ?? null;
}

export async function consoleTicketsPrune(db: Executor, now: Date): Promise<void> {
  await db.delete(consoleTickets).where(lt(consoleTickets.expiresAt, new Date(now.getTime() - 3_600_000)));
}
