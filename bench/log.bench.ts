/**
 * The operation log at size: p95 of pages over ENTRIES rows (default 1 000 000), verification of CHAINED entries (default
 * 100 000), and the workbook of EXPORTED rows (default 100 000) against PostgreSQL's own `COPY … TO CSV` of the same rows in
 * the same run, with the memory that it takes at its peak.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { AccountId, OperationLogFilter, RegionKey } from '@basalt/contract';
import { logger, newId, postgresForTest } from '@basalt/service';
import { exportCells, exportColumns } from '../apps/gateway/src/log/export-sheet.ts';
import { operationLogVerify } from '../apps/gateway/src/log/verify.ts';
import { workbookStream, type Cell } from '../apps/gateway/src/log/workbook.ts';
import { databaseOpen, type Database } from '../apps/gateway/src/store/database.ts';
import { logExportRows } from '../apps/gateway/src/store/log-export-store.ts';
import { operationLogPage } from '../apps/gateway/src/store/operation-log-list.ts';
import { operationLogAdd, type LogEntry } from '../apps/gateway/src/store/operation-log-store.ts';
import { quantile, ratioPrint, timings } from './ratio.ts';

const run = promisify(execFile);

/** Milliseconds, and bytes of memory at the peak. */
interface Measured {
  readonly ms: number;
  readonly peak: number;
}

const size = (name: string, otherwise: number): number =>
  Number(process.argv.find((a) => a.startsWith(`${name}=`))?.split('=')[1] ?? otherwise);
const ENTRIES = size('ENTRIES', 1_000_000);
const CHAINED = size('CHAINED', 100_000);
const EXPORTED = size('EXPORTED', 100_000);
const reader = { accountId: newId<AccountId>(), regions: null, locale: 'zh-CN' } as const;

/** The one part whose memory counts runs in a process of its own: `--child=<database>`. */
const child = process.argv.find((a) => a.startsWith('--child='))?.slice('--child='.length);
if (child !== undefined) {
  const { db, close } = await databaseOpen(child, logger('bench', 'silent'), 2);
  console.log(JSON.stringify(await workbook(db)));
  await close();
  process.exit(0);
}

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
    `copy (select * from operation_log where about is null order by at desc, sequence desc limit ${EXPORTED}) to program 'cat > /dev/null' (format csv, header)`,
  );
  return performance.now() - began;
}
async function workbook(db: Database): Promise<Measured> {
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const began = performance.now();
  const rows = async function* (): AsyncGenerator<Cell[][]> {
    for await (const batch of logExportRows(db, reader, { filter: {} }))
      yield batch.map((row) => exportCells(row, 'zh-CN'));
  };
  const bytes = workbookStream({
    sheetName: 'log',
    columns: exportColumns('zh-CN'),
    timeZone: 'Asia/Shanghai',
    rows: rows(),
  });
  await pipeline(Readable.from(bytes, { objectMode: false }), createWriteStream('/dev/null'));
  clearInterval(watch);
  return { ms: performance.now() - began, peak };
}
await copyCsv();
const rounds = [];
for (let round = 0; round < 3; round += 1) {
  const { stdout } = await run(process.execPath, [import.meta.filename, `--child=${url}`], { timeout: 300_000 });
  rounds.push({ csv: await copyCsv(), book: JSON.parse(stdout) as Measured });
}
const csv = quantile(
  rounds.map((round) => round.csv),
  0.5,
);
const ms = quantile(
  rounds.map((round) => round.book.ms),
  0.5,
);
ratioPrint({
  name: 'log-export',
  ratio: ms / csv,
  goal: { atMost: 10 },
  peer: 'COPY TO CSV',
  detail: `${verdict.entries} rows in ${Math.round(ms)} ms, COPY ${Math.round(csv)} ms`,
});
console.log(
  `log-export memory peak ${Math.round(Math.max(...rounds.map(({ book }) => book.peak)) / 1_048_576)} MiB rss`,
);

const SEED_ROWS = 20_000;
for (let from = CHAINED; from < ENTRIES; from += SEED_ROWS)
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
