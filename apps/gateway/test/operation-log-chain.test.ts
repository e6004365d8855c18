import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asc } from 'drizzle-orm';
import { canonicalJson, logger, newId, type TestPostgres } from '@basalt/service';
import { databaseOpen, type OpenDatabase } from '../src/store/database.ts';
import {
  chainBeginning,
  chainHash,
  operationLogAdd,
  rowText,
  type LogEntry,
} from '../src/store/operation-log-store.ts';
import { operationLog } from '../src/store/schema.ts';
import { postgresOpen } from './harness.ts';

let postgres: TestPostgres;
let open: OpenDatabase;
beforeAll(async () => {
  postgres = await postgresOpen();
  open = await databaseOpen(await postgres.database(), logger('test', 'silent'));
}, 60_000);
afterAll(async () => {
  await open.close();
  await postgres[Symbol.asyncDispose]();
});

const entry = (more: Partial<LogEntry> = {}): LogEntry => ({
  operation: 'account.create',
  accountName: 'a',
  via: 'console',
  address: '127.0.0.1',
  client: 'test',
  requestId: newId(),
  result: 'succeeded',
  ...more,
});

/** A generator of its own, so that a failure can be had again by its seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function valueOf(random: () => number, depth: number): unknown {
  const pick = <T>(...of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const text = (): string =>
    Array.from({ length: Math.floor(random() * 8) }, () =>
      pick(
        'a',
        'Z',
        '"',
        '\\',
        '\0',
        '\n',
        '\u001B',
        '中',
        '😀',
        '\uD83D',
        '\uDE00',
        ' ',
        '\u2028',
        '__proto__',
        'é',
        '0',
      ),
    ).join('');
  const kind = Math.floor(random() * (depth > 3 ? 7 : 9));
  if (kind === 0) return text();
  if (kind === 1)
    return pick(
      0,
      -0,
      1.5,
      1e21,
      1e-7,
      5e-324,
      1.7976931348623157e308,
      0.1 + 0.2,
      Number.MAX_SAFE_INTEGER,
      Number.NaN,
      -17,
    );
  if (kind === 2) return random() < 0.5;
  if (kind === 3) return null;
  if (kind === 4) return undefined;
  if (kind === 5) return new Date(Math.floor(random() * 4e12));
  if (kind === 6) return BigInt(Math.floor(random() * 1e9)) ** 3n;
  if (kind === 7) return Array.from({ length: Math.floor(random() * 4) }, () => valueOf(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: Math.floor(random() * 5) }, () => [text(), valueOf(random, depth + 1)]),
  );
}

describe('the chain', () => {
  it('[AUD-04] rows read again have the hash they were stored with, whatever stands in them', async () => {
    const { db } = open;
    const random = randomOf(20_261_120);
    const made = Array.from({ length: 400 }, (_, i) =>
      entry({
        operation: i % 2 ? 'mail.update' : 'session.signIn',
        at: new Date(Math.floor(random() * 4e12)),
        accountId: i % 3 ? newId().toUpperCase() : null,
        accountName: String(valueOf(random, 9)),
        client: `a\0b\uD800${i}`,
        resources: [{ kind: 'vm', id: newId(), name: `n\0\uDC00${String(valueOf(random, 9))}` }],
        errorParams: i % 5 ? null : { a: 1e21, b: 'x\u001Fy', c: -0 },
        detail: { value: valueOf(random, 0), another: valueOf(random, 0) },
      }),
    );
    await db.transaction((tx) => operationLogAdd(tx, ...made.slice(0, 300)));
    for (const one of made.slice(300)) await operationLogAdd(db, one);
    const rows = await db.select().from(operationLog).orderBy(asc(operationLog.sequence));
    expect(rows.length).toBe(400);
    let before: Buffer = chainBeginning;
    for (const { hash, ...row } of rows) {
      expect(rowText(row)).toBe(canonicalJson(row));
      expect(chainHash(before, row).equals(hash), `row ${row.sequence}: ${JSON.stringify(row.detail)}`).toBe(true);
      before = hash;
    }
  });

  it('[AUD-04] writers at once make one chain without gaps', async () => {
    const { db } = open;
    const before = (await db.select().from(operationLog)).length;
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        i % 2
          ? operationLogAdd(db, entry(), entry())
          : db.transaction((tx) => operationLogAdd(tx, entry())).catch(() => undefined),
      ),
    );
    const rows = await db.select().from(operationLog).orderBy(asc(operationLog.sequence));
    expect(rows.length).toBe(before + 90);
    expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, i) => i + 1));
  });

  it('[AUD-04] the database refuses to change or remove entries', async () => {
    const { db } = open;
    for (const statement of [
      `update operation_log set account_name = 'x' where sequence = 1`,
      'delete from operation_log',
      'truncate operation_log',
    ])
      await expect(db.execute(statement)).rejects.toMatchObject({
        cause: { message: expect.stringContaining('never changed') },
      });
  });

  it('[AUD-01] a detail that is too large is cut down to a remark, and secrets are cut out of it', async () => {
    const { db } = open;
    await operationLogAdd(
      db,
      entry({ detail: { text: 'x'.repeat(70_000) } }),
      entry({ detail: { to: 'a@b.c', password: 'hunter2', deep: { apiToken: 'hunter2' } } }),
    );
    const rows = await db.select().from(operationLog).orderBy(asc(operationLog.sequence));
    expect(rows.slice(-2).map((row) => row.detail)).toEqual([
      { omitted: 70_011 },
      { to: 'a@b.c', password: '[redacted]', deep: { apiToken: '[redacted]' } },
    ]);
  });
});
