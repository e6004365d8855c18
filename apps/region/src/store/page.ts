/** Paging shared by all lists: `page` for people, an opaque cursor for programs. */
import { BasaltError, both } from '@basalt/contract';
import { sql } from 'drizzle-orm';
import { outbox } from './schema/index.ts';
import type { Reader } from './database.ts';

export interface PageInput {
  readonly limit: number;
  readonly page: number;
  readonly cursor?: string | undefined;
}

export interface OffsetPage {
  readonly limit: number;
  readonly offset: number;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The value inside a cursor. @throws BasaltError invalidInput for one that is not ours. */
export function cursorOpen<T>(cursor: string, is: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (is(value)) return value;
  } catch {
    // not JSON: not ours
  }
  throw new BasaltError(
    'invalidInput',
    { field: 'cursor', rule: both('无效的游标', 'not a cursor') },
    { field: 'cursor' },
  );
}

export const cursorMake = encode;

/** For lists that are short enough to be paged by offset. */
export function offsetPage(input: PageInput): OffsetPage {
  const offset = input.cursor
    ? cursorOpen(input.cursor, (v): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0)
    : (input.page - 1) * input.limit;
  return { limit: input.limit, offset };
}

export const offsetNext = ({ limit, offset }: OffsetPage, total: number): string | null =>
  offset + limit < total ? cursorMake(offset + limit) : null;

/**
 * Newest sequence number that is visible. Read it before the rows it is to stand for: rows may then be newer than it says,
 * and a client that applies the events between once more ends up the same; the other way round it would miss some.
 */
export async function sequenceNow(db: Reader): Promise<number> {
  const [row] = await db
    .select({ last: sql<number>`coalesce(max(${outbox.sequence}), 0)`.mapWith(Number) })
    .from(outbox);
  return row?.last ?? 0;
}

/** A `like` pattern that finds `text` anywhere; its own wild cards are taken literally. */
export const likePattern = (text: string): string => `%${text.toLowerCase().replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;
