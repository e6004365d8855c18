/** The operation log's one chain. Rows are added here and nowhere else, and nothing changes them. */
import { createHash } from 'node:crypto';
import { desc, sql } from 'drizzle-orm';
import { operationTable, type OperationKey } from '@basalt/contract';
import { canonicalJson } from '@basalt/service';
import type { Executor } from './database.ts';
import { operationLog } from './schema.ts';

export type LogRow = typeof operationLog.$inferSelect;
/** What an entry tells; its place, its time of recording and its hash are made when it is added. */
export type LogEntry = Omit<
  typeof operationLog.$inferInsert,
  'sequence' | 'recordedAt' | 'hash' | 'module' | 'at' | 'resources' | 'detail'
> & {
  readonly operation: OperationKey;
  readonly at?: Date;
  readonly resources?: LogRow['resources'];
  readonly detail?: LogRow['detail'];
};

/** One chain, one writer at a time: taken last before the commit and held until it. */
const CHAIN_LOCK = 7_254_018_332;
const beginning = Buffer.alloc(32);

/** The hash of a row upon the hash before it. */
export const chainHash = (before: Buffer, row: Omit<LogRow, 'hash'>): Buffer =>
  createHash('sha256').update(before).update(canonicalJson(row)).digest();

/**
 * Adds entries, in the transaction of the change where there is one; a caller that does more in its transaction adds them
 * last, because everybody else's entries wait for the commit. Nothing secret may stand in `detail`.
 */
export async function operationLogAdd(tx: Executor, ...entries: readonly LogEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.execute(sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`);
  const [last] = await tx
    .select({ sequence: operationLog.sequence, hash: operationLog.hash })
    .from(operationLog)
    .orderBy(desc(operationLog.sequence))
    .limit(1);
  let { sequence, hash } = last ?? { sequence: 0, hash: beginning };
  const recordedAt = new Date();
  const rows = entries.map((entry): LogRow => {
    sequence += 1;
    const row: Omit<LogRow, 'hash'> = {
      sequence,
      at: entry.at ?? recordedAt,
      recordedAt,
      region: entry.region ?? null,
      regionSequence: entry.regionSequence ?? null,
      about: entry.about ?? null,
      operation: entry.operation,
      module: operationTable[entry.operation].module,
      resources: entry.resources ?? [],
      accountId: entry.accountId ?? null,
      accountName: entry.accountName,
      via: entry.via,
      apiKeyId: entry.apiKeyId ?? null,
      address: entry.address,
      client: entry.client,
      requestId: entry.requestId,
      taskId: entry.taskId ?? null,
      result: entry.result,
      error: entry.error ?? null,
      errorParams: entry.errorParams ?? null,
      detail: entry.detail ?? {},
    };
    hash = chainHash(hash, row);
    return { ...row, hash };
  });
  await tx.insert(operationLog).values(rows);
}
