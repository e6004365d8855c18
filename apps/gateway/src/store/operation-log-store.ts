import type { Executor } from './database.ts';
import { operationLog } from './schema.ts';

/** Adds an entry, in the transaction of the change where there is one. Nothing secret may stand in `detail`. */
export async function operationLogAdd(db: Executor, row: typeof operationLog.$inferInsert): Promise<void> {
  await db.insert(operationLog).values(row);
}
