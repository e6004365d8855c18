/** Paging of the gateway's lists: `page` for people, an opaque cursor for programs; all of them are short enough for offsets. */
import { BasaltError, both } from '@basalt/contract';

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

/** @throws BasaltError invalidInput for a cursor that is not ours. */
export function offsetPage({ limit, page, cursor }: PageInput): OffsetPage {
  if (cursor === undefined) return { limit, offset: (page - 1) * limit };
  try {
    const offset: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0) return { limit, offset };
  } catch {
    // not JSON: not ours
  }
  throw new BasaltError(
    'invalidInput',
    { field: 'cursor', rule: both('无效的游标', 'not a cursor') },
    { field: 'cursor' },
  );
}

export const offsetNext = ({ limit, offset }: OffsetPage, total: number): string | null =>
  offset + limit < total ? encode(offset + limit) : null;

/** A `like` pattern that finds `text` anywhere; its own wild cards are taken literally. */
export const likePattern = (text: string): string => `%${text.toLowerCase().replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;
