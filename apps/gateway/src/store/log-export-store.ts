/** Exports that were asked for, and reading what they are of in batches, over a cursor in the database. */
import { and, eq, gt, lte } from 'drizzle-orm';
import type { Database, Executor } from './database.ts';
import type { LogReader } from '../log/entry-view.ts';
import { operationLogStatement, type LogSelection } from './operation-log-list.ts';
import { logExports } from './schema.ts';

export type ExportRow = typeof logExports.$inferSelect;

export async function logExportAdd(tx: Executor, row: ExportRow): Promise<void> {
  await tx.insert(logExports).values(row);
}

/** Takes an order that its account may still fetch; it is gone then. */
export async function logExportTake(
  db: Executor,
  tokenHash: Buffer,
  accountId: string,
  now: Date,
): Promise<ExportRow | null> {
  const [row] = await db
    .delete(logExports)
    .where(and(eq(logExports.tokenHash, tokenHash), eq(logExports.accountId, accountId), gt(logExports.expiresAt, now)))
    .returning();
  return row ?? null;
}

export async function logExportsPrune(db: Executor, now: Date): Promise<void> {
  await db.delete(logExports).where(lte(logExports.expiresAt, now));
}

/** Rows held at a time are twice as many: the database looks for the next while these are written. */
const BATCH = 200;

/** Everything selected as it is now, batch by batch, in the order of the statement's columns. Whoever stops early closes it. */
export async function* logExportRows(
  db: Database,
  reader: LogReader,
  selection: LogSelection,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  const { sql: text, params } = operationLogStatement(db, reader, selection).toSQL();
  const client = await db.$client.connect();
  let trouble: Error | undefined;
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`declare export no scroll cursor for ${text}`, params);
    const more = async (): Promise<unknown[][]> =>
      (await client.query<unknown[]>({ text: `fetch ${BATCH} from export`, rowMode: 'array' })).rows;
    for (let rows = await more(); rows.length > 0;) {
      const next = rows.length < BATCH ? Promise.resolve([]) : more();
      // until it is awaited, its failure is nobody's
      next.catch(() => undefined);
      yield rows;
      rows = await next;
    }
    await client.query('commit');
  } catch (error) {
    trouble = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // one that was left in the middle is not fit to be used again as it is
    if (trouble === undefined) await client.query('rollback').catch((error: Error) => (trouble = error));
    client.release(trouble);
  }
}
