/** Console tickets: single use, and only their hash is here. */
import { and, eq, gt, isNull, lt } from 'drizzle-orm';
import type { Reader, Tx } from './database.ts';
import { consoleTickets } from './schema/index.ts';

export type TicketRow = typeof consoleTickets.$inferSelect;

export async function ticketInsert(tx: Tx, values: typeof consoleTickets.$inferInsert): Promise<void> {
  // whoever makes one clears away those that nobody used
  await tx.delete(consoleTickets).where(lt(consoleTickets.expiresAt, new Date(Date.now() - 3_600_000)));
  await tx.insert(consoleTickets).values(values);
}

/** Uses it up: one statement, so that of two who come at once only one gets it. Null when used, expired or unknown. */
export async function ticketUse(db: Reader, hash: string): Promise<TicketRow | null> {
  const now = new Date();
  const [row] = await db
    .update(consoleTickets)
    .set({ usedAt: now })
    .where(and(eq(consoleTickets.hash, hash), isNull(consoleTickets.usedAt), gt(consoleTickets.expiresAt, now)))
    .returning();
  return row ?? null;
}
