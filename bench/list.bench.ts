/**
 * The authorised VM list over 100 000 VMs, through gateway and region, against the same SQL sent straight to PostgreSQL:
 * the statements are those the region's store emits for the same question, recorded and sent again one after another.
 */
import pg from 'pg';
import { vmListInput } from '@basalt/contract';
import { databaseOpen } from '../apps/region/src/store/database.ts';
import { VmCountCache, vmPage } from '../apps/region/src/store/vm-page.ts';
import { cellOpen, queryPath, REGION, type Cell } from './cell.ts';
import { quantile, ratioPrint, timings } from './ratio.ts';

const VMS = 100_000;
const HOSTS = 200;
const BLOCKS = 6;
const PER_BLOCK = 20;
const GOAL = { atMost: 3 };

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** Rows as the product would have written them; the hosts have left, so that nothing is reconciled meanwhile. */
async function seed(client: pg.Client): Promise<void> {
  await client.query('begin');
  await client.query(`insert into hosts (id, name, cluster_id, address, port, state, removed_at)
    select gen_random_uuid(), 'node-' || lpad(n::text, 3, '0'), (select id from compute_clusters limit 1),
      '10.0.0.1', 7444, 'available', now() from generate_series(1, ${HOSTS}) n`);
  await client.query(`insert into networks (id, name, uplink, vlan, mtu, state)
    values (gen_random_uuid(), 'production', 'physnet1', 100, 1500, 'available')`);
  await client.query(`insert into vms (id, name, state, desired_power, cluster_id, host_id, vcpu, memory, firmware, cpu_mode,
      os_family, host_name, cloud_init, default_user, owner_id, owner_name, first_address, search, created_at)
    select v.id, v.name, v.state, 'on', (select id from compute_clusters limit 1), h.id, 2 ^ (n % 5),
      (2 ^ (n % 7))::bigint * 1073741824, 'bios', 'hostModel', 'linux', v.name, true, 'debian',
      '018f0000-0000-7000-8000-0000000000aa', 'Administrator', v.address,
      lower(v.name || ' ' || v.id || ' ' || host(v.address) || ' 52:54:00:' || lpad(to_hex(n), 6, '0')),
      now() - n * interval '37 seconds'
    from (select n, gen_random_uuid() id,
        (array['web','db','cache','queue','mail','build','report','desktop'])[1 + n % 8] || '-'
          || (array['prod','test','stage','dev'])[1 + n / 8 % 4] || '-' || lpad(n::text, 6, '0') as name,
        (array['running','running','running','running','stopped','running','running','stopped','paused','error'])[1 + n % 10] state,
        '10.32.0.0'::inet + n as address from generate_series(1, ${VMS}) n) v
      join (select id, row_number() over (order by name) as at from hosts) h on h.at = 1 + (v.n * 7919) % ${HOSTS}`);
  await client.query(`insert into nics (id, vm_id, index, network_id, mac, address, model)
    select gen_random_uuid(), v.id, 0, (select id from networks limit 1),
      '52:54:' || regexp_replace(lpad(to_hex(row_number() over ()), 8, '0'), '(..)(..)(..)(..)', '\\1:\\2:\\3:\\4'),
      v.first_address, 'virtio' from vms v`);
  await client.query('commit');
  await client.query('vacuum analyze');
}

/** What the region's store asks the database for this question when counts are kept, or when they are not. */
async function recorded(url: string, input: object, isChanged: boolean): Promise<Statement[]> {
  const db = databaseOpen({ url, connections: 1 });
  const statements: Statement[] = [];
  try {
    const query = vmListInput.parse({ region: REGION, ...input });
    const cache = new VmCountCache();
    if (!isChanged) await vmPage(db, query, cache);
    const send = db.$client.query.bind(db.$client) as (config: { text: string }, values: unknown[]) => unknown;
    Object.assign(db.$client, {
      query(config: { text: string }, values: unknown[]) {
        statements.push({ text: config.text, values });
        return send(config, values);
      },
    });
    await vmPage(db, query, cache);
  } finally {
    await db.$client.end();
  }
  return statements;
}

interface Question {
  readonly name: string;
  readonly input: object;
  /** Something changed before each call, so that nothing that was counted holds any more. */
  readonly isChanged?: boolean;
}

async function measure(cell: Cell, client: pg.Client, { name, input, isChanged = false }: Question): Promise<number> {
  const url = `${cell.origin}${queryPath('vm.list', input)}`;
  const statements = await recorded(cell.regionDatabase, input, isChanged);
  const change = async (): Promise<void> => {
    if (isChanged)
      await client.query(`insert into outbox (kind, change, resource_id) values ('vm', 'changed', gen_random_uuid())`);
  };
  const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  let bytes = 0;
  const timed = async (into: number[], call: () => Promise<unknown>): Promise<void> => {
    for (let n = 0; n < PER_BLOCK; n += 1) {
      await change();
      into.push(...(await timings(1, call)));
    }
  };
  const ours = async (): Promise<void> => {
    const answer = await fetch(url, { headers: cell.headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    bytes = text.length;
  };
  const peer = async (): Promise<void> => {
    for (const { text, values } of statements) await client.query({ text, values, rowMode: 'array' });
  };
  await timed([], ours);
  await timed([], peer);
  for (let block = 0; block < BLOCKS; block += 1) {
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
    await seed(client);
    const host = await client.query<{ id: string }>(`select id from hosts where name = 'node-077'`);
    const limit = 50;
    const questions: Question[] = [
      { name: 'first', input: { limit } },
      { name: 'firstAfterChange', input: { limit }, isChanged: true },
      { name: 'searchName', input: { limit, search: 'prod-0421' } },
      { name: 'searchNameBroad', input: { limit, search: 'web-prod' } },
      { name: 'searchAddress', input: { limit, search: '10.32.77.12' } },
      { name: 'filter', input: { limit, filter: { state: ['stopped'], hostId: [host.rows[0]?.id] } } },
      { name: 'sortName', input: { limit, sort: { field: 'name', order: 'asc' } } },
      { name: 'sortMemory', input: { limit, sort: { field: 'memory', order: 'desc' } } },
      { name: 'deepPage', input: { limit, page: 1500, sort: { field: 'name', order: 'asc' } } },
    ];
    const ratios: number[] = [];
    for (const question of questions) ratios.push(await measure(cell, client, question));
    ratioPrint({ name: 'list.worst', ratio: Math.max(...ratios), goal: GOAL, peer: 'same-sql' });
  } finally {
    await client.end();
  }
}

if (import.meta.main) await run();
