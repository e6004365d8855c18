/** Up to where the chain was handed on, per receiver, and reading what comes after. */
import { and, asc, eq, gt } from 'drizzle-orm';
import type { Executor } from './database.ts';
import type { LogRow } from './operation-log-store.ts';
import { logForwards, operationLog } from './schema.ts';

export type ForwardName = 'syslog' | 'rules';
export type ForwardRow = typeof logForwards.$inferSelect;

export async function logForwardOf(db: Executor, name: ForwardName): Promise<ForwardRow | null> {
  const [row] = await db.select().from(logForwards).where(eq(logForwards.name, name)).limit(1);
  return row ?? null;
}

/** Begins at a place, if it has not begun before. */
export async function logForwardBegin(tx: Executor, name: ForwardName, sequence: number): Promise<void> {
  await tx.insert(logForwards).values({ name, sequence, error: null, at: new Date() }).onConflictDoNothing();
}

/** Moves on from where it was read; false when another has moved it meanwhile. */
export async function logForwardMove(tx: Executor, name: ForwardName, from: number, to: number): Promise<boolean> {
  const { rowCount } = await tx
    .update(logForwards)
    .set({ sequence: to, error: null, at: new Date() })
    .where(and(eq(logForwards.name, name), eq(logForwards.sequence, from)));
  return rowCount === 1;
}

export async function logForwardFailed(db: Executor, name: ForwardName, error: string): Promise<void> {
  await db.update(logForwards).set({ error, at: new Date() }).where(eq(logForwards.name, name));
}

export const entriesAfter = (db: Executor, sequence: number, limit: number): Promise<LogRow[]> =>
  db
    .select()
    .from(operationLog)
    .where(gt(operationLog.sequence, sequence))
    .orderBy(asc(operationLog.sequence))
    .limit(limit);
