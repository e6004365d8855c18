/** Answers given to idempotency tokens (TASK-02): kept sealed, because some hold what is shown only once. */
import { and, eq, lt } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { idempotency } from './schema.ts';

export interface TokenUse {
  readonly accountId: string;
  readonly token: string;
  readonly procedure: string;
  readonly inputHash: string;
}

export type EarlierUse = typeof idempotency.$inferSelect;

/** Takes the token for this transaction; the earlier use if there was one. Waits for another that is taking it now. */
export async function tokenTake(tx: Executor, use: TokenUse): Promise<EarlierUse | null> {
  const { rowCount } = await tx.insert(idempotency).values(use).onConflictDoNothing();
  if (rowCount === 1) return null;
  const [earlier] = await tx.select().from(idempotency).where(which(use)).limit(1);
  return earlier ?? null;
}

/** The earlier use of a token, if there is one that has come to its end. */
export async function tokenPeek(db: Executor, use: TokenUse): Promise<EarlierUse | null> {
  const [earlier] = await db.select().from(idempotency).where(which(use)).limit(1);
  return earlier ?? null;
}

export async function tokenAnswer(tx: Executor, use: TokenUse, answer: string): Promise<void> {
  await tx.update(idempotency).set({ answer }).where(which(use));
}

export async function tokensPrune(db: Executor, before: Date): Promise<void> {
  await db.delete(idempotency).where(lt(idempotency.createdAt, before));
}

const which = ({ accountId, token }: Pick<TokenUse, 'accountId' | 'token'>) =>
  and(eq(idempotency.accountId, accountId), eq(idempotency.token, token));
