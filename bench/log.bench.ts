/**
 * The operation log at size: p95 of pages over ENTRIES rows (default 1 000 000), verification of CHAINED entries (default
 * 100 000), and the workbook of the CHAINED rows, fetched from a gateway's door, against PostgreSQL's own `COPY … TO CSV` of
 * the same rows in the same run; with the memory that the gateway has at its peak, for one export and for several at once.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AccountId, OperationLogFilter, RegionKey } from '@basalt/contract';
import { freePort, logger, newId, postgresForTest } from '@basalt/service';
import { operationLogVerify } from '../apps/gateway/src/log/verify.ts';
import { databaseOpen } from '../apps/gateway/src/store/database.ts';
import { operationLogPage } from '../apps/gateway/src/store/operation-log-list.ts';
import { operationLogAdd, operationLogHead, type LogEntry } from '../apps/gateway/src/store/operation-log-store.ts';
import { answering, gatewayFlags, until } from './cell.ts';
import { quantile, ratioPrint, timings } from './ratio.ts';

const run = promisify(execFile);

const size = (name: string, otherwise: number): number =>
  Number(process.argv.find((a) => a.startsWith(`${name}=`))?.split('=')[1] ?? otherwise);
const ENTRIES = size('ENTRIES', 1_000_000);
const CHAINED = size('CHAINED', 100_000);
const reader = { accountId: newId<AccountId>(), regions: null, locale: 'zh-CN' } as const;

await using postgres = await postgresForTest();
const url = await postgres.database();
const { db, close } = await databaseOpen(url, logger('bench', 'silent'), 10);

const entry = (n: number): LogEntry => ({
  operation: n % 3 ? 'vm.start' : 'image.delete',
  region: `region-${n % 4}`,
  accountId: reader.accountId,
  accountName: `operator ${n % 50}`,
  via: 'console',
  address: `10.0.${n % 200}.7`,
  client: 'Mozilla/5.0 (X11; Linux x86_64)',
  requestId: newId(),
  result: n % 20 ? 'succeeded' : 'failed',
  resources: [{ kind: 'vm', id: newId(), name: `数据库-${n}` }],
  detail: { cpu: { from: 2, to: 4 }, name: { from: 'a', to: 'b' } },
});
for (let n = 0; n < CHAINED; n += 5_000)
  await db.transaction((tx) =>
    operationLogAdd(tx, ...Array.from({ length: Math.min(5_000, CHAINED - n) }, (_, i) => entry(n + i))),
  );
await db.execute('vacuum analyze operation_log');

const beganWalk = performance.now();
const verdict = await operationLogVerify(db, null);
console.log(
  `verify ${verdict.entries} entries ok=${verdict.ok} ${((performance.now() - beganWalk) / 1_000).toFixed(2)} s`,
);

async function copyCsv(): Promise<number> {
  const began = performance.now();
  await db.execute(
    `copy (select * from operation_log where about is null order by at desc, sequence desc limit ${CHAINED}) to program 'cat > /dev/null' (format csv, header)`,
  );
  return performance.now() - began;
}
interface Door extends AsyncDisposable {
  /** Fetches a workbook of the whole log. @returns milliseconds. */
  readonly workbook: (cookie: string) => Promise<number>;
  /** A session of another account. */
  readonly signIn: () => Promise<string>;
  /** MiB: as they are now, and their peak. */
  readonly memory: () => { readonly now: number; readonly peak: number };
}

/** A gateway in a process of its own, started as an installation starts it. */
async function gatewayOpen(): Promise<Door> {
  const directory = mkdtempSync(join(tmpdir(), 'basalt-log-bench-'));
  const regions = join(directory, 'regions.json');
  writeFileSync(regions, '[]');
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const base = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', LOG_LEVEL: 'error', DATABASE_URL: url };
  const file = (name: string): string => fileURLToPath(new URL(`../apps/gateway/src/${name}`, import.meta.url));
  const child = spawn(process.execPath, [...gatewayFlags, file('main.ts')], {
    env: { ...base, LISTEN_PORT: String(port), PUBLIC_ORIGIN: origin, REGIONS_FILE: regions, STATE_DIR: directory },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until('the gateway', answering(`${origin}/api/health`));
  const cli = async (...args: string[]): Promise<string> =>
    (await run(process.execPath, [...gatewayFlags, file('cli.ts'), ...args], { env: base, timeout: 60_000 })).stdout;
  const kilobytes = (name: string): number =>
    Number(
      new RegExp(`^${name}:\\s+(\\d+) kB$`, 'mu').exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1],
    );
  let accounts = 0;
  return {
    async signIn() {
      const email = `reader-${(accounts += 1)}@basalt.local`;
      await cli('account-create', '--email', email, '--role', 'systemAdmin', '--no-change');
      const printed = await cli('session-issue', '--email', email, '--minutes', '60', '--reason', 'benchmark');
      return `basalt_session=${printed.trim()}`;
    },
    async workbook(cookie) {
      const ordered = await fetch(`${origin}/api/v1/operation-log/actions/export`, {
        method: 'POST',
        headers: { cookie, origin, 'content-type': 'application/json' },
        body: '{}',
      });
      const { path } = (await ordered.json()) as { path: string };
      const began = performance.now();
      const answer = await fetch(`${origin}${path}`, { headers: { cookie } });
      if (!answer.ok) throw new Error(`the export was refused: ${await answer.text()}`);
      for await (const _ of answer.body ?? []);
      return performance.now() - began;
    },
    memory: () => ({ now: Math.round(kilobytes('VmRSS') / 1_024), peak: Math.round(kilobytes('VmHWM') / 1_024) }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const MEMORY_GOAL = 300;
const memoryPrint = (what: string, peak: number, detail: string): void =>
  console.log(
    `log-export.memory${what} ${peak} MB goal<=${MEMORY_GOAL}MB ${peak <= MEMORY_GOAL ? 'met' : 'MISSED'} (${detail})`,
  );

await copyCsv();
{
  await using door = await gatewayOpen();
  const readers = [];
  for (let i = 0; i < 4; i += 1) readers.push(await door.signIn());
  const [reader = ''] = readers;
  const atRest = door.memory().now;
  const rounds = [];
  for (let round = 0; round < 3; round += 1) rounds.push({ csv: await copyCsv(), book: await door.workbook(reader) });
  const csv = quantile(
    rounds.map((round) => round.csv),
    0.5,
  );
  const ms = quantile(
    rounds.map((round) => round.book),
    0.5,
  );
  ratioPrint({
    name: 'log-export',
    ratio: ms / csv,
    goal: { atMost: 10 },
    peer: 'COPY TO CSV',
    detail: `${verdict.entries} rows in ${Math.round(ms)} ms, COPY ${Math.round(csv)} ms`,
  });
  memoryPrint('', door.memory().peak, `resident, the whole gateway; at rest ${atRest} MB`);
  await Promise.all(readers.map((cookie) => door.workbook(cookie)));
  memoryPrint('.several', door.memory().peak, `${readers.length} exports asked for at once`);
}

const SEED_ROWS = 20_000;
// signing in and exporting have written entries of their own
const head = (await operationLogHead(db))?.sequence ?? 0;
for (let from = head; from < ENTRIES; from += SEED_ROWS)
  await db.execute(`insert into operation_log (sequence, at, recorded_at, region, operation, module, resources, account_id, account_name, via, address, client, request_id, result, detail, hash)
    select ${from} + n, now() - (${from} + n) * interval '10 seconds', now(), 'region-' || n % 4, case when n % 3 = 0 then 'image.delete' else 'vm.start' end,
      case when n % 3 = 0 then 'image' else 'vm' end, jsonb_build_array(jsonb_build_object('kind', 'vm', 'id', gen_random_uuid(), 'name', '数据库-' || ${from} + n)),
      md5((n % 50)::text)::uuid, 'operator ' || n % 50, 'console', '10.0.' || n % 200 || '.7', 'Mozilla/5.0', md5((${from} + n)::text), case when n % 20 = 0 then 'failed' else 'succeeded' end, '{"cpu":{"from":2,"to":4}}', '\\x00'
    from generate_series(1, ${Math.min(SEED_ROWS, ENTRIES - from)}) n`);
await db.execute('vacuum analyze operation_log');
const questions: readonly (readonly [string, { filter?: OperationLogFilter; search?: string; page?: number }])[] = [
  ['first page', {}],
  ['page 100', { page: 100 }],
  ['region', { filter: { region: ['region-2' as RegionKey] } }],
  ['module', { filter: { module: ['image'] } }],
  ['failed', { filter: { result: ['failed'] } }],
  ['last hour', { filter: { from: new Date(Date.now() - 3_600_000).toISOString() } }],
  [
    'search request id',
    {
      search: createHash('md5')
        .update(String(ENTRIES - 5))
        .digest('hex'),
    },
  ],
  ['search name, Chinese', { search: '数据库-77777' }],
];
for (const [name, { filter = {}, search, page = 1 }] of questions) {
  const taken = await timings(20, () => operationLogPage(db, reader, { limit: 50, page, filter, search }));
  console.log(
    `log-page ${name}: first ${Math.round(taken[0] ?? 0)} ms, p50 ${Math.round(quantile(taken, 0.5))} ms, p95 ${Math.round(quantile(taken.slice(1), 0.95))} ms of ${ENTRIES} rows`,
  );
}
await close();
