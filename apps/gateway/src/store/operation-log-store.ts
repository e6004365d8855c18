/** The operation log's one chain. Rows are added here and nowhere else, and nothing changes them. */
import { hash } from 'node:crypto';
import { desc, sql } from 'drizzle-orm';
import { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { operationTable, type OperationKey } from '@basalt/contract';
import { canonicalJson, secretsCut } from '@basalt/service';
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
/** An entry of a region, which may be a version ahead and know operations that the table here does not. */
export type ForeignEntry = Omit<LogEntry, 'operation'> & { readonly operation: string };

/** One chain, one writer at a time: taken last before the commit and held until it. */
const CHAIN_LOCK = 7_254_018_332;
/** The hash before the first row. */
export const chainBeginning = Buffer.alloc(32);
/** Of an entry's detail as JSON; what is larger is cut down to a remark, because the chain keeps it for ever. */
const DETAIL_MAX = 65_536;

/** Every field that the hash covers, in the order of canonical JSON. A new one is left out of rows that are older than it. */
const hashed = [
  'about',
  'accountId',
  'accountName',
  'address',
  'apiKeyId',
  'at',
  'client',
  'detail',
  'error',
  'errorParams',
  'module',
  'operation',
  'recordedAt',
  'region',
  'regionSequence',
  'requestId',
  'resources',
  'result',
  'sequence',
  'taskId',
  'via',
] as const satisfies readonly (keyof LogRow)[];

/** Each name as it stands before its value. */
const hashedNames = hashed.map((field, i) => [field, `${i === 0 ? '{' : ','}"${field}":`] as const);

/** Canonical JSON of a row; the fields are known, so that they need not be sorted for each of a million rows. */
export function rowText(row: Omit<LogRow, 'hash'>): string {
  let text = '';
  for (const [field, name] of hashedNames) {
    const value = row[field];
    text += name + (value === null ? 'null' : typeof value === 'object' ? canonicalJson(value) : JSON.stringify(value));
  }
  return `${text}}`;
}

/** The hash of a row upon the hash before it: SHA-256 over both. */
export const chainHash = (before: Buffer, row: Omit<LogRow, 'hash'>): Buffer =>
  hash('sha256', Buffer.concat([before, Buffer.from(rowText(row))]), 'buffer');

/** As PostgreSQL gives it back: it keeps no NUL, and a half of a surrogate pair becomes something else in UTF-8. */
const textKept = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** As jsonb gives it back, so that a row read again has the hash it was stored with. */
function jsonKept(value: unknown): unknown {
  if (typeof value === 'string') return textKept(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map((each) => jsonKept(each ?? null));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, each]) => each !== undefined && typeof each !== 'function' && typeof each !== 'symbol')
        .map(([name, each]: [string, unknown]) => [textKept(name), jsonKept(each)]),
    );
  return typeof value === 'boolean' ? value : null;
}

const recordKept = <T>(value: T): T => jsonKept(value) as T;

function detailKept(detail: LogRow['detail']): LogRow['detail'] {
  const kept = recordKept(secretsCut(detail));
  const length = JSON.stringify(kept).length;
  return length > DETAIL_MAX ? { omitted: length } : kept;
}

const idKept = (id: string | null | undefined): string | null => id?.toLowerCase() ?? null;

const moduleOf = (operation: string): string =>
  Object.hasOwn(operationTable, operation)
    ? operationTable[operation as OperationKey].module
    : textKept(operation.split('.')[0] ?? operation);

const rowOf = (entry: LogEntry | ForeignEntry, sequence: number, recordedAt: Date): Omit<LogRow, 'hash'> => ({
  sequence,
  at: entry.at ?? recordedAt,
  recordedAt,
  region: entry.region ?? null,
  regionSequence: entry.regionSequence ?? null,
  about: entry.about ?? null,
  operation: textKept(entry.operation),
  module: moduleOf(entry.operation),
  resources: recordKept(entry.resources ?? []),
  accountId: idKept(entry.accountId),
  accountName: textKept(entry.accountName),
  via: entry.via,
  apiKeyId: idKept(entry.apiKeyId),
  address: textKept(entry.address),
  client: textKept(entry.client),
  requestId: textKept(entry.requestId),
  taskId: idKept(entry.taskId),
  result: entry.result,
  error: entry.error ?? null,
  errorParams: entry.errorParams ? recordKept(entry.errorParams) : null,
  detail: detailKept(entry.detail ?? {}),
});

/** Rows of one statement; PostgreSQL takes 65 535 parameters, a row has 22. */
const ROWS_AT_ONCE = 1_000;

/**
 * Adds entries, in the transaction of the change where there is one, else in one of their own; a caller that does more in its transaction adds them
 * last, because everybody else's entries wait for the commit. Secrets are cut out of `detail` by name; there should be none.
 * @returns the places they got, in order.
 */
export async function operationLogAdd(
  tx: Executor,
  ...entries: readonly (LogEntry | ForeignEntry)[]
): Promise<readonly number[]> {
  if (entries.length === 0) return [];
  // the lock lasts as long as a transaction does
  if (tx instanceof NodePgDatabase) return tx.transaction((own) => operationLogAdd(own, ...entries));
  await tx.execute(sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`);
  const [last] = await tx
    .select({ sequence: operationLog.sequence, hash: operationLog.hash })
    .from(operationLog)
    .orderBy(desc(operationLog.sequence))
    .limit(1);
  let { sequence, hash: before } = last ?? { sequence: 0, hash: chainBeginning };
  const recordedAt = new Date();
  const rows = entries.map((entry): LogRow => {
    sequence += 1;
    const row = rowOf(entry, sequence, recordedAt);
    before = chainHash(before, row);
    return { ...row, hash: before };
  });
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await tx.insert(operationLog).values(rows.slice(from, from + ROWS_AT_ONCE));
  return rows.map((row) => row.sequence);
}

/** The last entry's place and hash, or null when there is none. */
export async function operationLogHead(db: Executor): Promise<{ sequence: number; hash: Buffer } | null> {
  const [last] = await db
    .select({ sequence: operationLog.sequence, hash: operationLog.hash })
    .from(operationLog)
    .orderBy(desc(operationLog.sequence))
    .limit(1);
  return last ?? null;
}
