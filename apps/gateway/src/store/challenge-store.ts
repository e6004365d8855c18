import { lt } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { challengesUsed } from './schema.ts';

/** Uses a challenge up; false when it was used before. */
export async function challengeTake(db: Executor, id: string, expiresAt: Date): Promise<boolean> {
  const { rowCount } = await db.insert(challengesUsed).values({ id, expiresAt }).onConflictDoNothing();
  return rowCount === 1;
}

export async function challengesPrune(db: Executor, now: Date): Promise<void> {
  await db.delete(challengesUsed).where(lt(challengesUsed.expiresAt, now));
}
