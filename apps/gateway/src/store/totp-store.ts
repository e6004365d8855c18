/** Two-factor sign-in as the database keeps it. Each code is taken by one statement, so that none counts twice. */
import { and, count, eq, isNull, lt, or } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { accounts, recoveryCodes } from './schema.ts';

/** Takes the code of a time step; false when it or a later one was taken before. */
export async function totpStepTake(db: Executor, accountId: string, step: number): Promise<boolean> {
  const { rowCount } = await db
    .update(accounts)
    .set({ totpLastStep: step })
    .where(and(eq(accounts.id, accountId), or(isNull(accounts.totpLastStep), lt(accounts.totpLastStep, step))));
  return rowCount === 1;
}

/** Uses a recovery code up; false when there is no such code or it was used before. */
export async function recoveryCodeTake(db: Executor, accountId: string, codeHash: Buffer): Promise<boolean> {
  const { rowCount } = await db
    .update(recoveryCodes)
    .set({ usedAt: new Date() })
    .where(
      and(eq(recoveryCodes.accountId, accountId), eq(recoveryCodes.codeHash, codeHash), isNull(recoveryCodes.usedAt)),
    );
  return rowCount === 1;
}

export async function recoveryCodesLeft(db: Executor, accountId: string): Promise<number> {
  const [row] = await db
    .select({ left: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAt)));
  return row?.left ?? 0;
}

/** Replaces all of them. */
export async function recoveryCodesSet(tx: Executor, accountId: string, hashes: readonly Buffer[]): Promise<void> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId));
  await tx.insert(recoveryCodes).values(hashes.map((codeHash) => ({ accountId, codeHash })));
}
