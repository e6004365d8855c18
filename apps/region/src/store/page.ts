/** Paging shared by all lists: `page` for people, an opaque cursor for programs. */
import { BasaltError, both } from '@basalt/contract';
import { sql } from 'drizzle-orm';
import type { Database, Reader } from './database.ts';

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
export function sequenceNow(db: Reader): Promise<number> {
  if (!('$client' in db)) return sequenceRead((text) => db.execute<{ last: string }>(sql.raw(text)));
  const pool = (db as Database).$client;
  let shared = sharedReads.get(pool);
  if (!shared)
    sharedReads.set(pool, (shared = new SharedRead(() => sequenceRead((text) => pool.query<{ last: string }>(text)))));
  return shared.read();
}

async function sequenceRead(ask: (text: string) => Promise<{ rows: { last: string }[] }>): Promise<number> {
  const { rows } = await ask('select coalesce(max(sequence), 0) as last from outbox');
  return Number(rows[0]?.last ?? 0);
}

/** One read for all who come in the same turn or while the one before is under way: it begins after they came. */
class SharedRead {
  readonly #ask: () => Promise<number>;
  #now: Promise<unknown> | null = null;
  #next: Promise<number> | null = null;

  constructor(ask: () => Promise<number>) {
    this.#ask = ask;
  }

  read(): Promise<number> {
    return (this.#next ??= this.#begin());
  }

  async #begin(): Promise<number> {
    await (this.#now ?? new Promise((resolve) => setImmediate(resolve)));
    this.#next = null;
    const asked = this.#ask();
    // whoever waits for it waits for its end, however it ends
    this.#now = asked.then(
      () => (this.#now = null),
      () => (this.#now = null),
    );
    return asked;
  }
}
const sharedReads = new WeakMap<object, SharedRead>();

/** A `like` pattern that finds `text` anywhere; its own wild cards are taken literally. */
export const likePattern = (text: string): string => `%${text.toLowerCase().replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;
