/**
 * One northbound transaction (insert a port, hang it on its switch) by our client against the same by `ovn-nbctl`,
 * spawned for each call and as a resident daemon. Medians of one run against a server of its own.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OvsdbConnection } from '@basalt/ovsdb/connection';
import { namedUuid, OvsdbClient, ovnNorthbound, switchEnsure, northbound } from '@basalt/ovsdb';
import { ratioPrint, type Ratio } from './ratio.ts';

const exec = promisify(execFile);
const ROUNDS = 300;
const WARM_UP = 5;
const SPAWNED_ROUNDS = 60;

async function median(rounds: number, once: (round: number) => Promise<unknown>): Promise<number> {
  for (let round = 0; round < WARM_UP; round++) await once(-1 - round);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await once(round);
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
}

async function listening(path: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!existsSync(path)) {
    if (performance.now() > deadline) throw new Error(`${path} did not appear`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Measures and returns the ratios; prints nothing. */
export async function measure(): Promise<Ratio[]> {
  const dir = await mkdtemp(join(tmpdir(), 'ovsdb-bench-'));
  const socket = join(dir, 'nb.sock');
  const daemonSocket = join(dir, 'nbctl.sock');
  const database = join(dir, 'nb.db');
  await exec('ovsdb-tool', ['create', database, '/usr/share/ovn/ovn-nb.ovsschema']);
  const server = spawn('ovsdb-server', [database, `--remote=punix:${socket}`, `--unixctl=${join(dir, 'ctl')}`], {
    stdio: 'ignore',
  });
  const client = new OvsdbClient({ endpoints: [`unix:${socket}`], schema: ovnNorthbound });
  let control: OvsdbConnection | undefined;
  try {
    await listening(socket);
    await client.connect();
    const { uuid } = await switchEnsure(northbound(client, { owner: 'bench' }), { id: 'bench', name: 'bench' });
    const { ops } = client;
    const ours = await median(ROUNDS, (round) => {
      const port = namedUuid('lsp');
      return client.transact([
        ops.insert('Logical_Switch_Port', { name: `ours-${round}`, addresses: ['52:54:00:00:00:01 10.0.0.1'] }, port),
        ops.mutate('Logical_Switch', [['_uuid', '==', uuid]], [['ports', 'insert', [port]]]),
      ]);
    });
    const portArgs = (name: string): string[] => [
      'lsp-add',
      'bench',
      name,
      '--',
      'lsp-set-addresses',
      name,
      '52:54:00:00:00:01',
    ];
    const spawned = await median(SPAWNED_ROUNDS, (round) =>
      exec('ovn-nbctl', [`--db=unix:${socket}`, '--no-leader-only', ...portArgs(`spawned-${round}`)], {
        timeout: 10_000,
      }),
    );
    await exec(
      'ovn-nbctl',
      [
        `--db=unix:${socket}`,
        `--unixctl=${daemonSocket}`,
        `--pidfile=${join(dir, 'nbctl.pid')}`,
        '--no-chdir',
        '--detach',
      ],
      { timeout: 10_000 },
    );
    await listening(daemonSocket);
    // Straight to the daemon's control socket: through the `ovn-nbctl` front end it would pay for a process again.
    control = await OvsdbConnection.open({ kind: 'unix', path: daemonSocket }, { probeMs: 600_000 });
    const resident = control;
    const daemon = await median(ROUNDS, (round) => resident.call('run', portArgs(`daemon-${round}`)));
    const [result] = await client.transact([ops.select('Logical_Switch', [['_uuid', '==', uuid]])]);
    const made = ops.rows('Logical_Switch', result)[0]?.ports.length;
    const wanted = 2 * ROUNDS + SPAWNED_ROUNDS + 3 * WARM_UP;
    if (made !== wanted) throw new Error(`the peers made ${made} ports, not ${wanted}`);
    const detail = (peer: number): string => `${ours.toFixed(2)} ms against ${peer.toFixed(2)} ms`;
    const name = 'ovsdb.transact';
    return [
      { name, ratio: ours / spawned, goal: { atMost: 0.05 }, peer: 'ovn-nbctl', detail: detail(spawned) },
      { name, ratio: ours / daemon, goal: { atMost: 0.5 }, peer: 'ovn-nbctl-daemon', detail: detail(daemon) },
    ];
  } finally {
    control?.close();
    await client.close();
    if (existsSync(daemonSocket)) await exec('ovn-appctl', ['-t', daemonSocket, 'exit'], { timeout: 5000 });
    server.kill();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Measures and prints one line a ratio. */
export async function run(): Promise<void> {
  for (const ratio of await measure()) ratioPrint(ratio);
}

if (import.meta.main) await run();
