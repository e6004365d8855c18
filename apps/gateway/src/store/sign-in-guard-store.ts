/**
 * Wrong tries to sign in, by e-mail address, whether an account has it or not. A try is taken before the password is looked
 * at and given back when it was right: tries at the same moment can neither be lost nor slip past the limit.
 */
import { eq, lt, sql } from 'drizzle-orm';
import type { LoginPolicyValues } from '@basalt/contract';
import type { Database, Executor, Transaction } from './database.ts';
import { accounts, signInGuards } from './schema.ts';

export type LockRule = LoginPolicyValues['lockout'];

/** Until when the address of sign-in is locked, or null. */
export async function signInLockedUntil(db: Executor, email: string, now: Date): Promise<Date | null> {
  const [row] = await db.select().from(signInGuards).where(eq(signInGuards.email, email)).limit(1);
  return row?.lockedUntil && row.lockedUntil > now ? row.lockedUntil : null;
}

export type TryTaken =
  | { readonly kind: 'locked'; readonly until: Date }
  /** Wrong tries of before ask for more work first; nothing was taken. */
  | { readonly kind: 'challenge' }
  /** `lockedUntil`: set when this was the last one, unless it is given back. */
  | { readonly kind: 'taken'; readonly lockedUntil: Date | null };

export interface TryWish {
  readonly email: string;
  readonly rule: LockRule;
  readonly now: Date;
  /** Asked when so many wrong tries went before. */
  readonly challenge?: { readonly after: number; readonly isAnswered: (tx: Transaction) => Promise<boolean> };
}

/**
 * Takes one try. The count begins anew when the last wrong one is longer ago than a lock lasts, or a lock has run out; it
 * goes on while locking is off, because the challenge needs it.
 */
export const signInTryTake = (db: Database, { email, rule, now, challenge }: TryWish): Promise<TryTaken> =>
  db.transaction(async (tx): Promise<TryTaken> => {
    await tx.insert(signInGuards).values({ email, failures: 0, lastFailureAt: now }).onConflictDoNothing();
    const [row] = await tx.select().from(signInGuards).where(eq(signInGuards.email, email)).for('update');
    const lock = rule.minutes * 60_000;
    const { failures, lastFailureAt, lockedUntil } = row ?? { failures: 0, lastFailureAt: now, lockedUntil: null };
    if (rule.enabled && lockedUntil && lockedUntil > now) return { kind: 'locked', until: lockedUntil };
    const isOver = lockedUntil !== null || now.getTime() - lastFailureAt.getTime() > lock;
    const before = isOver ? 0 : failures;
    if (challenge && before >= challenge.after && !(await challenge.isAnswered(tx))) return { kind: 'challenge' };
    const locks = rule.enabled && before + 1 >= rule.attempts;
    const taken = {
      failures: before + 1,
      lastFailureAt: now,
      lockedUntil: locks ? new Date(now.getTime() + lock) : null,
    };
    await tx.update(signInGuards).set(taken).where(eq(signInGuards.email, email));
    return { kind: 'taken', lockedUntil: taken.lockedUntil };
  });

/** Gives a try back that was right, without forgetting the wrong ones: more is asked before the sign-in is done. */
export async function signInTryReturn(db: Executor, email: string): Promise<void> {
  await db
    .update(signInGuards)
    .set({ failures: sql`greatest(${signInGuards.failures} - 1, 0)`, lockedUntil: null })
    .where(eq(signInGuards.email, email));
}

/** Notes a wrong try with the account, if there is one: when, from where, and how many in a row. */
export async function signInFailureNote(db: Executor, email: string, address: string, now: Date): Promise<void> {
  await db
    .update(accounts)
    .set({
      lastFailureAt: now,
      lastFailureAddress: address,
      failures: sql`case when ${accounts.lastFailureAt} > coalesce(${accounts.lastSignInAt}, '-infinity') then ${accounts.failures} + 1 else 1 end`,
    })
    .where(eq(accounts.email, email));
}

export async function signInFailuresForget(db: Executor, email: string): Promise<void> {
  await db.delete(signInGuards).where(eq(signInGuards.email, email));
}

/** Drops counts of more than a day ago, so that guessed addresses do not pile up. */
export async function signInGuardsPrune(db: Executor, now: Date): Promise<void> {
  await db.delete(signInGuards).where(lt(signInGuards.lastFailureAt, new Date(now.getTime() - 2 * 86_400_000)));
}
