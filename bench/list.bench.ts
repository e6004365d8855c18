/**
 * The authorised VM list over 100 000 VMs, through gateway and region, against the same SQL sent straight to PostgreSQL:
 * the statements are those the region's store emits for the same question, recorded and sent again one after another.
 * Each call spells its question differently, so that no answer is one that was kept; `firstAgain` shows what keeping does.
 */
import { Agent, get } from 'node:http';
import pg from 'pg';
import { vmListInput } from '@basalt/contract';
import { databaseOpen } from '../apps/region/src/store/database.ts';
import { VmCountCache, vmPage } from '../apps/region/src/store/vm-page.ts';
import { cellOpen, queryPathSpelt, REGION, type Cell } from './cell.ts';
import { quantile, ratioPrint, timings } from './ratio.ts';
import { vmRowsSeed } from './stock.ts';

const VMS = 100_000;
/** The 95th percentile of fewer calls is the luck of a few. */
const BLOCKS = 10;
const PER_BLOCK = 40;
/** A question that has everything counted again takes so long that fewer do. */
const BLOCKS_CHANGED = 4;
/** Calls of each side before the first is measured, so that processes that run all day are not measured in their first second. */
const WARM_UP = 400;
const GOAL = { atMost: 3 };

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** What the region's store asks the database for this question when counts are kept, or when they are not. */
async function recorded(url: string, input: object, isChanged: boolean): Promise<Statement[]> {
  const db = databaseOpen({ url, connections: 1 });
  const statements: Statement[] = [];
  try {
    const query = { ...vmListInput.parse({ region: REGION, ...input }), reach: 'all' as const };
    const cache = new VmCountCache();
    if (!isChanged) await vmPage(db, query, cache);
    const send = db.$client.query.bind(db.$client) as (config: string | { text: string }, values: unknown[]) => unknown;
    Object.assign(db.$client, {
      query(config: string | { text: string }, values: unknown[] = []) {
        statements.push({ text: typeof config === 'string' ? config : config.text, values });
        return send(config, values);
      },
    });
    await vmPage(db, query, cache);
  } finally {
    await db.$client.end();
  }
  return statements;
}

/** One kept connection and no more than it needs: what `fetch` does beside costs as much as the list itself. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const textOf = (url: string, headers: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = get(url, { agent, headers, timeout: 30_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`${answer.statusCode} ${text}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 30 s')));
    request.on('error', reject);
  });

interface Question {
  readonly name: string;
  readonly input: object;
  /** Something changed before each call, so that nothing that was counted holds any more. */
  readonly isChanged?: boolean;
  /** Asked in the same words again, so that the whole answer may have been kept. */
  readonly isAgain?: boolean;
}

/** Tells both sides' times of a question, or of some calls only that nobody counts. */
async function measure(cell: Cell, client: pg.Client, question: Question, warmUp = 0): Promise<number> {
  const { name, input, isChanged = false, isAgain = false } = question;
  let asked = 0;
  const statements = await recorded(cell.regionDatabase, input, isChanged);
  const change = async (): Promise<void> => {
    if (isChanged)
      await client.query(`insert into outbox (kind, change, resource_id) values ('vm', 'changed', gen_random_uuid())`);
  };
  const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  let bytes = 0;
  const timed = async (into: number[], call: () => Promise<unknown>, calls = PER_BLOCK): Promise<void> => {
    for (let n = 0; n < calls; n += 1) {
      await change();
      into.push(...(await timings(1, call)));
    }
  };
  const ours = async (): Promise<void> => {
    asked = isAgain ? 0 : asked + 1;
    bytes = (await textOf(`${cell.origin}${queryPathSpelt('vm.list', input, asked)}`, cell.headers)).length;
  };
  const peer = async (): Promise<void> => {
    for (const { text, values } of statements) await client.query({ text, values, rowMode: 'array' });
  };
  await timed([], ours, warmUp || undefined);
  await timed([], peer, warmUp || undefined);
  if (warmUp > 0) return 0;
  for (let block = 0; block < (isChanged ? BLOCKS_CHANGED : BLOCKS); block += 1) {
    await timed(times.ours, ours);
    await timed(times.peer, peer);
  }
  const [mine, theirs] = [quantile(times.ours, 0.95), quantile(times.peer, 0.95)];
  const medians = `p50 ${quantile(times.ours, 0.5).toFixed(1)}/${quantile(times.peer, 0.5).toFixed(1)}`;
  const detail = `p95 ${mine.toFixed(1)} ms against ${theirs.toFixed(1)} ms, ${medians}, ${statements.length} statements, ${bytes} B`;
  ratioPrint({ name: `list.${name}`, ratio: mine / theirs, goal: GOAL, peer: 'same-sql', detail });
  return mine / theirs;
}

export async function run(): Promise<void> {
  await using cell = await cellOpen();
  const client = new pg.Client({ connectionString: cell.regionDatabase });
  await client.connect();
  try {
    await vmRowsSeed(client, VMS);
    const host = await client.query<{ id: string }>(`select id from hosts where name = 'node-077'`);
    const limit = 50;
    const questions: Question[] = [
      { name: 'first', input: { limit } },
      { name: 'firstAgain', input: { limit }, isAgain: true },
      { name: 'firstAfterChange', input: { limit }, isChanged: true },
      { name: 'searchName', input: { limit, search: 'prod-0421' } },
      { name: 'searchNameBroad', input: { limit, search: 'web-prod' } },
      { name: 'searchAddress', input: { limit, search: '10.32.77.12' } },
      { name: 'filter', input: { limit, filter: { state: ['stopped'], hostId: [host.rows[0]?.id] } } },
      { name: 'sortName', input: { limit, sort: { field: 'name', order: 'asc' } } },
      { name: 'sortMemory', input: { limit, sort: { field: 'memory', order: 'desc' } } },
      { name: 'deepPage', input: { limit, page: 1500, sort: { field: 'name', order: 'asc' } } },
    ];
    await measure(cell, client, { name: 'warm-up', input: { limit } }, WARM_UP);
    const ratios: number[] = [];
    for (const question of questions) ratios.push(await measure(cell, client, question));
    ratioPrint({ name: 'list.worst', ratio: Math.max(...ratios), goal: GOAL, peer: 'same-sql' });
  } finally {
    agent.destroy();
    await client.end();
  }
}

if (import.meta.main) await run();
