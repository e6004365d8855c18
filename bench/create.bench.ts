/**
 * From the call that creates a VM until it runs, on simulated hosts: a hundred VMs, one each 100 ms. What is measured is
 * the product's own share (placement, addresses, durable steps, two doors), for the hosts take the same 220 ms each time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cellOpen, until, type Cell } from './cell.ts';
import { quantile, ratioPrint } from './ratio.ts';
import { stockMake, vmOf, type Stock } from './stock.ts';

const HOSTS = 10;
const VMS = 100;
const EVERY_MS = 100;
const LIMIT_S = 0.7;

/** Seconds from each call until the VM's row says running, by the database's own clock, which is this machine's. */
async function createMany(
  cell: Cell,
  client: pg.Client,
  prefix: string,
  count: number,
  from: Stock,
): Promise<number[]> {
  const asked = new Map<string, number>();
  const calls: Promise<string>[] = [];
  for (let n = 0; n < count; n += 1) {
    const name = `${prefix}-${n}`;
    const due = sleep(EVERY_MS);
    asked.set(name, Date.now());
    calls.push(cell.mutate('vm.create', vmOf(from, name)));
    await due;
  }
  await Promise.all(calls);
  return until(`the running of ${count} VMs`, async () => {
    const { rows } = await client.query<{ name: string; state: string; since: Date }>(
      'select name, state, state_since as since from vms where name like $1',
      [`${prefix}-%`],
    );
    const failed = rows.find(({ state }) => state === 'error');
    if (failed) throw new Error(`${failed.name} failed`);
    const running = rows.filter(({ state }) => state === 'running');
    if (running.length < count) return undefined;
    return running.map(({ name, since }) => (since.getTime() - (asked.get(name) ?? Number.NaN)) / 1000);
  });
}

export async function run(): Promise<void> {
  await using cell = await cellOpen();
  await cell.hostsJoin(HOSTS);
  const client = new pg.Client({ connectionString: cell.regionDatabase });
  await client.connect();
  try {
    const from = await stockMake(cell, client);
    await createMany(cell, client, 'warm', 10, from);
    const took = await createMany(cell, client, 'vm', VMS, from);
    const p95 = quantile(took, 0.95);
    const detail = `p50 ${quantile(took, 0.5).toFixed(2)} s, p95 ${p95.toFixed(2)} s, most ${Math.max(...took).toFixed(2)} s`;
    ratioPrint({
      name: 'create.simulated',
      ratio: p95 / LIMIT_S,
      goal: { atMost: 1 },
      peer: `limit-${LIMIT_S}s`,
      detail,
    });
  } finally {
    await client.end();
  }
}

if (import.meta.main) await run();
