import { z } from 'zod';
import { regionKey, requestToken, taskId } from '../ids.ts';

/** A whole number of bytes; at most 2^53 − 1, so that JSON carries it exactly. */
export const bytes = z.int().nonnegative();
export const timestamp = z.iso.datetime({ offset: false });

const GIB = 1024 ** 3;
export const gib = (n: number): number => n * GIB;

/** 1–128 characters, no control characters, no leading or trailing space: names are for people and stored as typed. */
export const name = z
  .string()
  .min(1)
  .max(128)
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
  .regex(/^(?!\s)[^\u0000-\u001F\u007F]+(?<!\s)$/u, 'name');
export const note = z
  .string()
  .max(1000)
  // oxlint-disable-next-line no-control-regex -- control characters but line feed and tab are refused
  .regex(/^[^\u0000-\u0008\u000B-\u001F\u007F]*$/u, 'note');

export const ipv4 = z.ipv4();
export const cidrv4 = z.cidrv4();
/** A unicast MAC address in lower case with colons. */
export const mac = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/u, 'mac');

export const inRegion = z.object({ region: regionKey });

/** What every mutation carries besides its own fields. */
export const changeInput = z.object({
  /** Idempotency token: the same token with the same input gives the same answer for 24 hours (TASK-02). */
  requestToken: requestToken.optional(),
});
/** The same in a region. */
export const mutationInput = inRegion.extend(changeInput.shape);

export const sortOrder = z.enum(['asc', 'desc']);

/** Paging of every list: `page` for people (from 1), `cursor` for programs; a cursor wins. */
export const pageInput = z.object({
  limit: z.int().min(1).max(200).default(50),
  page: z.int().min(1).max(1_000_000).default(1),
  cursor: z.string().max(512).optional(),
  /** Free text: name, id, address, MAC, tag — whatever identifies a row of this list. */
  search: z.string().trim().max(256).optional(),
});
/** The same in a region. */
export const listInput = inRegion.extend(pageInput.shape);

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    /** Rows that match the filter, on all pages. */
    total: z.int(),
    nextCursor: z.string().nullable(),
    /** Sequence number of the newest event the list has seen; a client applies later events only. */
    sequence: z.int(),
  });

/** A page of the gateway's own lists, which no event stream follows. */
export const pageOf = <T extends z.ZodType>(item: T) => listOf(item).omit({ sequence: true });

/** Counts per value of a field under the present filter without that field's own condition. */
export const facet = z.record(z.string(), z.int());

/** The answer of an action that goes on as a task. */
export const taskRef = z.object({ taskId });
export const reference = z.object({ id: z.string(), name: z.string() });
