/** An entry of the operation log as somebody reads it: names and errors in the reader's language. */
import {
  errorCode,
  errorText,
  moduleTable,
  operationTable,
  type AccountId,
  type Locale,
  type OperationEntry,
  type Text,
} from '@basalt/contract';
import type { LogRow } from '../store/operation-log-store.ts';

/** Who reads. */
export interface LogReader {
  readonly accountId: AccountId;
  /** Null: every region, and what belongs to none. */
  readonly regions: ReadonlySet<string> | null;
  readonly locale: Locale;
  /** Own entries only, as on the page of one's own account. */
  readonly ownOnly?: boolean;
}

/** A row with the end of what it tells, where that came later. */
export interface ListedRow {
  readonly row: LogRow;
  readonly end: (Pick<LogRow, 'error' | 'errorParams'> & { readonly result: 'succeeded' | 'failed' }) | null;
}

const labelIn = (table: Readonly<Record<string, Text>>, key: string, locale: Locale): string =>
  Object.hasOwn(table, key) ? (table[key]?.[locale] ?? key) : key;
const operationLabels: Readonly<Record<string, Text>> = Object.fromEntries(
  Object.entries(operationTable).map(([key, { label }]) => [key, label]),
);

export const operationName = (key: string, locale: Locale): string => labelIn(operationLabels, key, locale);
export const moduleName = (key: string, locale: Locale): string => labelIn(moduleTable, key, locale);

/** The error's sentence; of a code that only a newer version knows, the code. */
export function errorTold(
  { error, errorParams }: Pick<LogRow, 'error' | 'errorParams'>,
  locale: Locale,
): string | null {
  if (error === null) return null;
  const known = errorCode.safeParse(error);
  return known.success ? errorText(known.data, errorParams ?? {}, locale) : error;
}

export function entryView({ row, end }: ListedRow, locale: Locale): OperationEntry {
  const told = end ?? row;
  const text = errorTold(told, locale);
  return {
    sequence: row.sequence,
    at: row.at.toISOString(),
    recordedAt: row.recordedAt.toISOString(),
    region: row.region as OperationEntry['region'],
    operation: row.operation,
    operationName: operationName(row.operation, locale),
    module: row.module,
    moduleName: moduleName(row.module, locale),
    resources: row.resources,
    account: { id: row.accountId as OperationEntry['account']['id'], name: row.accountName },
    via: row.via,
    apiKeyId: row.apiKeyId as OperationEntry['apiKeyId'],
    address: row.address,
    client: row.client,
    requestId: row.requestId,
    taskId: row.taskId as OperationEntry['taskId'],
    result: told.result,
    error: told.error === null || text === null ? null : { code: told.error, text },
    detail: row.detail,
  };
}
