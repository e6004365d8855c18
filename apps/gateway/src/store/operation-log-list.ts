/** Lists of the operation log: what a reader may see, filters, search, pages. */
import { and, asc, count, desc, eq, gt, gte, inArray, isNull, lte, or, sql, type SQL } from 'drizzle-orm';
import type { LogReader } from '../log/entry-view.ts';
import { entryView, type ListedRow } from '../log/entry-view.ts';
import { BasaltError, both, type OperationEntry, type OperationLogFilter } from '@basalt/contract';
import { z } from 'zod';
import type { Database, Executor } from './database.ts';
import { operationLogHead } from './operation-log-store.ts';
import { operationEnds, operationLog } from './schema.ts';

export interface LogSelection {
  readonly search?: string | undefined;
  readonly filter: OperationLogFilter;
}
export interface LogQuery extends LogSelection {
  readonly limit: number;
  /** From 1; a cursor wins. */
  readonly page: number;
  readonly cursor?: string | undefined;
  readonly sort?: { readonly order: 'asc' | 'desc' } | undefined;
}
export interface LogPage {
  items: OperationEntry[];
  total: number;
  nextCursor: string | null;
}

/** Entries of the end of another stand in no list: they are told with the entry that they end. */
const listed = isNull(operationLog.about);

/** What the reader may see: at level `region` the entries of granted regions, and everybody his own. */
function visible({ accountId, regions, ownOnly }: LogReader): SQL | undefined {
  const own = eq(operationLog.accountId, accountId);
  if (ownOnly) return own;
  if (regions === null) return undefined;
  return regions.size === 0 ? own : or(inArray(operationLog.region, [...regions]), own);
}

/** The result as it is now known. Written so that an index answers for each part. */
function resultIs(results: NonNullable<OperationLogFilter['result']>): SQL | undefined {
  const ended = (result: 'succeeded' | 'failed'): SQL =>
    sql`${operationLog.sequence} = any(array(
      select ${operationEnds.sequence} from ${operationEnds} where ${operationEnds.result} = ${result}))`;
  const parts = {
    accepted: and(
      eq(operationLog.result, 'accepted'),
      sql`not exists (select 1 from ${operationEnds} e where e.sequence = ${operationLog.sequence})`,
    ),
    succeeded: or(eq(operationLog.result, 'succeeded'), ended('succeeded')),
    failed: or(eq(operationLog.result, 'failed'), ended('failed')),
  };
  return or(...new Set(results.map((result) => parts[result])));
}

const likeEscaped = (text: string): string => text.replaceAll(/[\\%_]/gu, String.raw`\$&`);

function conditions(reader: LogReader, { search, filter }: LogSelection): SQL | undefined {
  const some = <T>(values: readonly T[] | undefined): values is readonly T[] => (values?.length ?? 0) > 0;
  return and(
    listed,
    visible(reader),
    some(filter.region) ? inArray(operationLog.region, [...filter.region]) : undefined,
    some(filter.module) ? inArray(operationLog.module, [...filter.module]) : undefined,
    some(filter.operation) ? inArray(operationLog.operation, [...filter.operation]) : undefined,
    filter.result && filter.result.length > 0 ? resultIs(filter.result) : undefined,
    filter.accountId ? eq(operationLog.accountId, filter.accountId) : undefined,
    filter.resourceId
      ? sql`${operationLog.resources} @> ${JSON.stringify([{ id: filter.resourceId }])}::jsonb`
      : undefined,
    filter.from ? gte(operationLog.at, new Date(filter.from)) : undefined,
    filter.to ? lte(operationLog.at, new Date(filter.to)) : undefined,
    search ? sql`operation_log.search_text like lower(${`%${likeEscaped(search)}%`})` : undefined,
  );
}

/** Columns that a list shows, with the end of what was accepted. */
const columns = {
  row: operationLog,
  end: { result: operationEnds.result, error: operationEnds.error, errorParams: operationEnds.errorParams },
};

const cursorShape = z.tuple([z.int(), z.int()]);
const cursorOf = ({ row }: ListedRow): string =>
  Buffer.from(JSON.stringify([row.at.getTime(), row.sequence])).toString('base64url');

/** The rows behind the one that the cursor names. @throws BasaltError invalidInput. */
function behind(cursor: string, order: 'asc' | 'desc'): SQL {
  try {
    const [at, sequence] = cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    const place = sql`(${operationLog.at}, ${operationLog.sequence})`;
    const given = sql`(${new Date(at).toISOString()}::timestamptz, ${sequence}::bigint)`;
    return order === 'asc' ? sql`${place} > ${given}` : sql`${place} < ${given}`;
  } catch (cause) {
    throw new BasaltError(
      'invalidInput',
      { field: 'cursor', rule: both('无效', 'not a cursor') },
      { field: 'cursor', cause },
    );
  }
}

/** One page of what the reader may see, newest first unless asked otherwise, in the reader's language. */
export async function operationLogPage(db: Database, reader: LogReader, query: LogQuery): Promise<LogPage> {
  const where = conditions(reader, query);
  const order = query.sort?.order ?? 'desc';
  const way = order === 'asc' ? asc : desc;
  const [rows, total] = await Promise.all([
    db
      .select(columns)
      .from(operationLog)
      .leftJoin(operationEnds, eq(operationEnds.sequence, operationLog.sequence))
      .where(query.cursor ? and(where, behind(query.cursor, order)) : where)
      .orderBy(way(operationLog.at), way(operationLog.sequence))
      .limit(query.limit + 1)
      .offset(query.cursor ? 0 : (query.page - 1) * query.limit),
    operationLogCount(db, reader, query),
  ]);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => entryView(row, reader.locale)),
    total,
    nextCursor: rows.length > query.limit && last ? cursorOf(last) : null,
  };
}

/**
 * The statement behind an export: everything selected, newest first. Its columns in this order; the result, the error and its
 * parameters are those of the end where there is one.
 */
export const operationLogStatement = (db: Executor, reader: LogReader, selection: LogSelection) =>
  db
    .select({
      sequence: operationLog.sequence,
      at: operationLog.at,
      region: operationLog.region,
      operation: operationLog.operation,
      module: operationLog.module,
      resources: operationLog.resources,
      accountName: operationLog.accountName,
      via: operationLog.via,
      address: operationLog.address,
      client: operationLog.client,
      requestId: operationLog.requestId,
      taskId: operationLog.taskId,
      result: sql`coalesce(${operationEnds.result}, ${operationLog.result})`,
      error: sql`case when ${operationEnds.sequence} is null then ${operationLog.error} else ${operationEnds.error} end`,
      errorParams: sql`case when ${operationEnds.sequence} is null then ${operationLog.errorParams} else ${operationEnds.errorParams} end`,
      detail: operationLog.detail,
    })
    .from(operationLog)
    .leftJoin(operationEnds, eq(operationEnds.sequence, operationLog.sequence))
    .where(conditions(reader, selection))
    .orderBy(desc(operationLog.at), desc(operationLog.sequence));

/** A count that took long is kept: entries are never changed, so that later only newer ones need to be counted. */
interface Counted {
  readonly upTo: number;
  readonly total: number;
}
const SLOW_MS = 50;
const KEPT_MAX = 200;
const counts = new WeakMap<Database, Map<string, Counted>>();

/** How many entries are selected. */
export async function operationLogCount(db: Database, reader: LogReader, selection: LogSelection): Promise<number> {
  const where = conditions(reader, selection);
  const key = JSON.stringify([
    reader.accountId,
    reader.ownOnly ?? false,
    reader.regions && [...reader.regions].toSorted(),
    selection.search ?? '',
    selection.filter,
  ]);
  const kept = counts.get(db) ?? new Map<string, Counted>();
  counts.set(db, kept);
  // the result of what was accepted may still change
  const known = selection.filter.result?.length ? undefined : kept.get(key);
  const head = await operationLogHead(db);
  const upTo = head?.sequence ?? 0;
  const began = performance.now();
  const [found] = await db
    .select({ rows: count() })
    .from(operationLog)
    .where(and(where, lte(operationLog.sequence, upTo), known ? gt(operationLog.sequence, known.upTo) : undefined));
  const total = (known?.total ?? 0) + (found?.rows ?? 0);
  if (known || performance.now() - began > SLOW_MS) {
    kept.delete(key);
    kept.set(key, { upTo, total });
    const [oldest] = kept.keys();
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
  }
  return total;
}
