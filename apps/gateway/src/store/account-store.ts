import { eq } from 'drizzle-orm';
import type { AccountId } from '@basalt/contract';
import type { Executor } from './database.ts';
import { accounts } from './schema.ts';

export type AccountRow = typeof accounts.$inferSelect;

export async function accountByEmail(db: Executor, email: string): Promise<AccountRow | null> {
  const [row] = await db.select().from(accounts).where(eq(accounts.email, email)).limit(1);
  return row ?? null;
}

/** Adds the account unless its e-mail address is taken. Tells whether it was added. */
export async function accountAdd(db: Executor, row: typeof accounts.$inferInsert): Promise<boolean> {
  const { rowCount } = await db.insert(accounts).values(row).onConflictDoNothing({ target: accounts.email });
  return rowCount === 1;
}

export async function accountChange(db: Executor, id: AccountId | string, change: Partial<AccountRow>): Promise<void> {
  await db.update(accounts).set(change).where(eq(accounts.id, id));
}
