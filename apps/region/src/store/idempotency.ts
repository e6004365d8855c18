/**
 * Idempotency tokens (TASK-02). The row is inserted first in the transaction of the mutation: a second request with the
 * same token waits on it, and finds the answer when the first has committed, or goes ahead when it has failed.
 */
import { and, eq } from 'drizzle-orm';
import type { AccountId } from '@basalt/contract';
import type { Tx } from './database.ts';
import { idempotency } from './schema/index.ts';

export interface TokenUse {
  readonly accountId: AccountId;
  readonly token: string;
  readonly procedure: string;
  readonly inputHash: string;
}

/** The earlier use, or null when the token is new and is now taken by this transaction. */
export async function tokenTake(tx: Tx, use: TokenUse): Promise<typeof idempotency.$inferSelect | null> {
  const made = await tx.insert(idempotency).values(use).onConflictDoNothing().returning({ token: idempotency.token });
  if (made.length > 0) return null;
  const [row] = await tx
    .select()
    .from(idempotency)
    .where(and(eq(idempotency.accountId, use.accountId), eq(idempotency.token, use.token)));
  return row ?? null;
}

export async function tokenAnswer(tx: Tx, use: TokenUse, answer: unknown): Promise<void> {
  await tx
    .update(idempotency)
    .set({ answer })
    .where(and(eq(idempotency.accountId, use.accountId), eq(idempotency.token, use.token)));
}
