import { eq, lt, sql } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { signInGuards } from './schema.ts';

/** Until when the address of sign-in is locked, or null. */
export async function signInLockedUntil(db: Executor, email: string, now: Date): Promise<Date | null> {
  const [row] = await db.select().from(signInGuards).where(eq(signInGuards.email, email)).limit(1);
  return row?.lockedUntil && row.lockedUntil > now ? row.lockedUntil : null;
}

export interface LockRule {
  readonly attempts: number;
  readonly minutes: number;
}

/**
 * Counts a wrong try in one statement, so that tries at the same moment cannot be lost. The count starts again when the
 * last wrong try is older than the lock is long.
 * @returns until when it is locked now, or null.
 */
export async function signInFailureCount(db: Executor, email: string, rule: LockRule, now: Date): Promise<Date | null> {
  const lock = new Date(now.getTime() + rule.minutes * 60_000);
  const forgotten = new Date(now.getTime() - rule.minutes * 60_000);
  const failures = sql`case when ${signInGuards.lastFailureAt} < ${forgotten.toISOString()}::timestamptz or ${signInGuards.lockedUntil} <= ${now.toISOString()}::timestamptz then 1 else ${signInGuards.failures} + 1 end`;
  const [row] = await db
    .insert(signInGuards)
    .values({ email, failures: 1, lastFailureAt: now, lockedUntil: rule.attempts <= 1 ? lock : null })
    .onConflictDoUpdate({
      target: signInGuards.email,
      set: {
        failures,
        lastFailureAt: now,
        lockedUntil: sql`case when (${failures}) >= ${rule.attempts} then ${lock.toISOString()}::timestamptz else null end`,
      },
    })
    .returning({ lockedUntil: signInGuards.lockedUntil });
  return row?.lockedUntil ?? null;
}

export async function signInFailuresForget(db: Executor, email: string): Promise<void> {
  await db.delete(signInGuards).where(eq(signInGuards.email, email));
}

/** Drops counts of more than a day ago, so that guessed addresses do not pile up. */
export async function signInGuardsPrune(db: Executor, now: Date): Promise<void> {
  await db.delete(signInGuards).where(lt(signInGuards.lastFailureAt, new Date(now.getTime() - 2 * 86_400_000)));
}
