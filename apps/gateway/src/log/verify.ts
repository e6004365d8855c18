/**
 * Walks the chain from its first entry and recomputes it; then compares it with the signed heads outside the database. Names
 * the first entry that does not fit and, as far as it can be told, why.
 */
import type { LogVerdict } from '@basalt/contract';
import type { Database } from '../store/database.ts';
import { operationLogAfter } from '../store/operation-log-walk.ts';
import { chainBeginning, chainHash, type LogRow } from '../store/operation-log-store.ts';
import type { Heads } from './heads.ts';

/** Rows looked at in one go; other work of the process has its turn between two of them. */
export const VERIFY_PAGE = 500;

export type BadReason =
  | 'changed'
  | 'missing'
  | 'inserted'
  | 'reordered'
  | 'headDiffers'
  | 'tailMissing'
  | 'headUnsigned';
export interface Bad {
  readonly sequence: number;
  readonly why: BadReason;
}

const fits = (before: Buffer, { hash, ...row }: LogRow, sequence = row.sequence): boolean =>
  chainHash(before, { ...row, sequence }).equals(hash);

/**
 * Why the first of `rows` does not fit upon `before`: an entry that was put in pushes the right one back, entries that
 * changed places still fit where they were.
 */
function reasonOf(before: Buffer, rows: readonly LogRow[]): BadReason {
  const [first, ...rest] = rows;
  if (!first) return 'changed';
  const right = rest.findIndex((row) => fits(before, row, first.sequence));
  if (right < 0) return 'changed';
  const pushed = rest[right];
  const next = rest[right + 1];
  if (right === 0 && pushed && (!next || fits(pushed.hash, next, next.sequence - 1))) return 'inserted';
  return 'reordered';
}

interface Walked {
  readonly entries: number;
  readonly head: { readonly sequence: number; readonly hash: string } | null;
  readonly bad: Bad | null;
  /** Stored hashes at the places asked for. */
  readonly hashes: ReadonlyMap<number, string>;
}

async function walk(db: Database, wanted: ReadonlySet<number>): Promise<Walked> {
  let before: Buffer = chainBeginning;
  let entries = 0;
  let last = 0;
  let bad: Bad | null = null;
  const hashes = new Map<number, string>();
  for (let rows = await operationLogAfter(db, last, VERIFY_PAGE); rows.length > 0;) {
    const end = rows.at(-1)?.sequence ?? last;
    // the database looks for the next ones meanwhile
    const next = rows.length < VERIFY_PAGE ? Promise.resolve([]) : operationLogAfter(db, end, VERIFY_PAGE);
    // until it is awaited, its failure is nobody's
    next.catch(() => undefined);
    for (const [i, row] of rows.entries()) {
      if (wanted.has(row.sequence)) hashes.set(row.sequence, row.hash.toString('hex'));
      if (!bad && row.sequence !== last + 1) bad = { sequence: last + 1, why: 'missing' };
      if (!bad && !fits(before, row)) bad = { sequence: row.sequence, why: reasonOf(before, rows.slice(i)) };
      before = row.hash;
      last = row.sequence;
      entries += 1;
    }
    rows = await next;
  }
  return { entries, head: entries > 0 ? { sequence: last, hash: before.toString('hex') } : null, bad, hashes };
}

export interface Verdict extends Omit<LogVerdict, 'firstBad'> {
  readonly firstBad: Bad | null;
}

/** @param heads null: the chain alone, where nothing is known of heads. */
export async function operationLogVerify(db: Database, heads: Heads | null): Promise<Verdict> {
  const { heads: signed, badLine } = heads?.read() ?? { heads: [], badLine: null };
  const { entries, head, bad, hashes } = await walk(db, new Set(signed.map(({ sequence }) => sequence)));
  const found: Bad[] = bad ? [bad] : [];
  for (const { sequence, hash } of signed) {
    if (sequence > (head?.sequence ?? 0)) found.push({ sequence: (head?.sequence ?? 0) + 1, why: 'tailMissing' });
    else if (hashes.has(sequence) && hashes.get(sequence) !== hash) found.push({ sequence, why: 'headDiffers' });
  }
  if (badLine !== null) found.push({ sequence: badLine, why: 'headUnsigned' });
  const [firstBad = null] = found.toSorted(
    (a, b) => Number(a.why === 'headUnsigned') - Number(b.why === 'headUnsigned') || a.sequence - b.sequence,
  );
  return { ok: firstBad === null, entries, head, heads: signed.length, firstBad, checkedAt: new Date().toISOString() };
}
