/** Sign-ins whose password was right and whose second factor is awaited. */
import { and, eq, gt, lt, sql } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { signInTickets } from './schema.ts';

export type TicketRow = typeof signInTickets.$inferSelect;
export const TICKET_TRIES = 5;

export async function ticketAdd(db: Executor, row: typeof signInTickets.$inferInsert): Promise<void> {
  await db.insert(signInTickets).values(row);
}

/** Takes one try of a ticket, which is good for one address, for a few tries and for a few minutes; null when it is none. */
export async function ticketTry(db: Executor, ticketHash: Buffer, address: string): Promise<TicketRow | null> {
  const [row] = await db
    .update(signInTickets)
    .set({ tries: sql`${signInTickets.tries} + 1` })
    .where(
      and(
        eq(signInTickets.ticketHash, ticketHash),
        eq(signInTickets.address, address),
        lt(signInTickets.tries, TICKET_TRIES),
        gt(signInTickets.expiresAt, new Date()),
      ),
    )
    .returning();
  return row ?? null;
}

/** False when somebody else has used it up meanwhile. */
export async function ticketTake(tx: Executor, ticketHash: Buffer): Promise<boolean> {
  const { rowCount } = await tx.delete(signInTickets).where(eq(signInTickets.ticketHash, ticketHash));
  return rowCount === 1;
}

export async function ticketsPrune(db: Executor, now: Date): Promise<void> {
  await db.delete(signInTickets).where(lt(signInTickets.expiresAt, now));
}
