/** Tampers with the database behind the gateway's back. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asc, gte, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { logger, newId, type TestPostgres } from '@basalt/service';
import { headsOpen, type Heads } from '../src/log/heads.ts';
import { headsTurn } from '../src/log/heads-turn.ts';
import { operationLogVerify, VERIFY_PAGE } from '../src/log/verify.ts';
import { databaseOpen, type OpenDatabase } from '../src/store/database.ts';
import { chainHash, operationLogAdd, operationLogHead, type LogEntry } from '../src/store/operation-log-store.ts';
import { operationLog } from '../src/store/schema.ts';
import { postgresOpen } from './harness.ts';

let postgres: TestPostgres;
let open: OpenDatabase;
let directory: string;
let heads: Heads;
beforeAll(async () => {
  postgres = await postgresOpen();
  open = await databaseOpen(await postgres.database(), logger('test', 'silent'));
  // as who owns the table could
  await open.db.execute('drop trigger operation_log_kept on operation_log');
}, 60_000);
afterAll(async () => {
  await open.close();
  await postgres[Symbol.asyncDispose]();
});
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'basalt-heads-'));
  heads = headsOpen(directory);
  await open.db.execute('truncate operation_log');
  await operationLogAdd(open.db, ...Array.from({ length: 40 }, (_, i) => entry(i)));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const entry = (i: number): LogEntry => ({
  operation: 'account.create',
  accountName: `account ${i}`,
  via: 'console',
  address: '127.0.0.1',
  client: 'test',
  requestId: newId(),
  result: 'succeeded',
  detail: { n: i, 中: ['文', 1.5, null] },
});
const run = (statement: string): Promise<unknown> => open.db.execute(statement);
const verdict = async (): Promise<unknown> => (await operationLogVerify(open.db, heads)).firstBad;
const headNow = async (): Promise<void> => {
  const head = await operationLogHead(open.db);
  if (head) heads.add(head, new Date());
};
/** Makes the chain fit in itself again from a place on, as who knows how it is made could. */
async function rehashFrom(sequence: number): Promise<void> {
  const rows = await open.db
    .select()
    .from(operationLog)
    .where(gte(operationLog.sequence, sequence - 1))
    .orderBy(asc(operationLog.sequence));
  let before = rows[0]?.hash ?? Buffer.alloc(32);
  for (const { hash: _old, ...row } of rows.slice(1)) {
    before = chainHash(before, row);
    await open.db
      .update(operationLog)
      .set({ hash: before })
      .where(sql`sequence = ${row.sequence}`);
  }
}

describe('verification', () => {
  it('[AUD-04] finds nothing where nothing was done, with and without signed heads', async () => {
    expect(await operationLogVerify(open.db, heads)).toMatchObject({
      ok: true,
      entries: 40,
      heads: 0,
      head: { sequence: 40 },
    });
    await headNow();
    await operationLogAdd(open.db, entry(41));
    await headNow();
    expect(await operationLogVerify(open.db, heads)).toMatchObject({ ok: true, entries: 41, heads: 2, firstBad: null });
    await run('truncate operation_log');
    rmSync(directory, { recursive: true });
    directory = mkdtempSync(join(tmpdir(), 'basalt-heads-'));
    expect(await operationLogVerify(open.db, headsOpen(directory))).toMatchObject({ ok: true, entries: 0, head: null });
  });

  it.each([
    ['a name', `account_name = 'somebody else'`],
    ['the time', `at = at + interval '1 millisecond'`],
    ['the result', `result = 'failed'`],
    ['a changed value', `detail = jsonb_set(detail, '{n}', '99')`],
    ['what is empty', `task_id = gen_random_uuid()`],
    ['the hash', `hash = sha256('x')`],
  ])('[AUD-04] names the entry of which %s was changed', async (_, change) => {
    await run(`update operation_log set ${change} where sequence = 17`);
    expect(await verdict()).toEqual({ sequence: 17, why: 'changed' });
  });

  it('[AUD-04] names what is missing', async () => {
    await run('delete from operation_log where sequence = 23');
    expect(await verdict()).toEqual({ sequence: 23, why: 'missing' });
    await run('delete from operation_log where sequence < 5');
    expect(await verdict()).toEqual({ sequence: 1, why: 'missing' });
  });

  it('[AUD-04] notices a removed entry whose followers were numbered anew', async () => {
    await run('delete from operation_log where sequence = 23');
    await run('update operation_log set sequence = -sequence where sequence > 23');
    await run('update operation_log set sequence = -sequence - 1 where sequence < 0');
    expect(await verdict()).toEqual({ sequence: 23, why: 'changed' });
  });

  it('[AUD-04] names what was put in between', async () => {
    await run('update operation_log set sequence = -sequence where sequence >= 12');
    await run('update operation_log set sequence = -sequence + 1 where sequence < 0');
    const columns =
      'at, recorded_at, operation, module, resources, via, address, client, request_id, result, detail, hash';
    await run(
      `insert into operation_log (sequence, account_name, ${columns}) select 12, 'a stranger', ${columns} from operation_log where sequence = 11`,
    );
    expect(await verdict()).toEqual({ sequence: 12, why: 'inserted' });
  });

  it('[AUD-04] names where entries changed places', async () => {
    await run('update operation_log set sequence = -1 where sequence = 8');
    await run('update operation_log set sequence = 8 where sequence = 15');
    await run('update operation_log set sequence = 15 where sequence = -1');
    expect(await verdict()).toMatchObject({ sequence: 8 });
  });

  it('[AUD-04] a tail that was cut off shows against the signed head', async () => {
    await headNow();
    await run('delete from operation_log where sequence > 30');
    expect(await verdict()).toEqual({ sequence: 31, why: 'tailMissing' });
    await operationLogAdd(open.db, ...Array.from({ length: 10 }, (_, i) => entry(100 + i)));
    expect(await verdict()).toEqual({ sequence: 40, why: 'headDiffers' });
  });

  it('[AUD-04] a tail that was rewritten so that it fits in itself shows against the signed heads', async () => {
    const at30 = (
      await open.db
        .select()
        .from(operationLog)
        .where(sql`sequence = 30`)
    )[0];
    if (at30) heads.add(at30, new Date());
    await headNow();
    await run(`update operation_log set account_name = 'nobody' where sequence = 20`);
    expect(await verdict()).toEqual({ sequence: 20, why: 'changed' });
    await rehashFrom(20);
    expect((await operationLogVerify(open.db, null)).ok).toBe(true);
    expect(await verdict()).toEqual({ sequence: 30, why: 'headDiffers' });
  });

  it('[AUD-04] heads that somebody else wrote are not believed', async () => {
    await headNow();
    const file = join(directory, 'operation-log-heads.jsonl');
    const [line = ''] = readFileSync(file, 'utf8').split('\n');
    appendFileSync(file, `${line.replace('"sequence":40', '"sequence":39')}\n`);
    expect(await verdict()).toEqual({ sequence: 2, why: 'headUnsigned' });
  });

  it('[AUD-04] walks many pages, and names an entry of the last', async () => {
    await run('truncate operation_log');
    for (let i = 0; i < 2; i += 1)
      await open.db.transaction((tx) => operationLogAdd(tx, ...Array.from({ length: 5_000 }, (_, n) => entry(n))));
    expect(await operationLogVerify(open.db, heads)).toMatchObject({ ok: true, entries: 10_000 });
    await run('delete from operation_log where sequence = 9999');
    expect(await verdict()).toEqual({ sequence: 9_999, why: 'missing' });
  }, 120_000);
});

describe('signed heads', () => {
  it('[AUD-04] are written after enough entries or enough time, appended, readable by their owner only', async () => {
    const log = logger('test', 'silent');
    const file = join(directory, 'operation-log-heads.jsonl');
    const patient = headsTurn({ db: open.db, heads, log, afterMs: 3_600_000, afterEntries: 10 });
    await patient();
    await patient();
    expect(heads.read().heads.map((head) => head.sequence)).toEqual([40]);
    await operationLogAdd(open.db, entry(1));
    await patient();
    expect(heads.last()?.sequence).toBe(40);
    await headsTurn({ db: open.db, heads, log, afterMs: 0, afterEntries: 10 })();
    expect(heads.last()?.sequence).toBe(41);
    await operationLogAdd(open.db, ...Array.from({ length: 10 }, (_, i) => entry(i)));
    await patient();
    expect(heads.read().heads.map((head) => head.sequence)).toEqual([40, 41, 51]);
    for (const name of [file, join(directory, 'operation-log-heads.key')])
      expect(statSync(name).mode & 0o777).toBe(0o600);
    // none is signed for a chain that has become shorter
    await run('delete from operation_log where sequence > 45');
    await headsTurn({ db: open.db, heads, log, afterMs: 0, afterEntries: 1 })();
    expect(heads.last()?.sequence).toBe(51);
  });

  it('[AUD-04] survive a crash in the middle of a line', async () => {
    await headNow();
    const file = join(directory, 'operation-log-heads.jsonl');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"sequence":41,"ha`);
    expect(heads.read()).toMatchObject({ heads: [{ sequence: 40 }], badLine: null });
    await operationLogAdd(open.db, entry(1));
    await headNow();
    expect(heads.read()).toMatchObject({ heads: [{ sequence: 40 }, { sequence: 41 }], badLine: null });
    expect(headsOpen(directory).read().heads.length).toBe(2);
  });
});

it('[AUD-04] other work has its turn while a long chain is walked', async () => {
  // so many rows take some milliseconds
  expect(VERIFY_PAGE).toBeLessThanOrEqual(500);
  const pages = 8;
  await operationLogAdd(open.db, ...Array.from({ length: pages * VERIFY_PAGE }, (_, i) => entry(i)));
  let turns = 0;
  let isDone = false;
  const turn = (): void => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  const { ok, entries } = await operationLogVerify(open.db, heads).finally(() => (isDone = true));
  expect({ ok, entries }).toEqual({ ok: true, entries: 40 + pages * VERIFY_PAGE });
  expect(turns).toBeGreaterThanOrEqual(pages);
});
