/** Sixty simulated hosts join a whole region through a door whose connections keep breaking; the simulator is killed once. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountId, regionKey } from '@basalt/contract';
import {
  assertionKeyLoadOrCreate,
  fingerprintOf,
  freePort,
  logger,
  postgresForTest,
  secretHash,
  secretMake,
  type TestPostgres,
} from '@basalt/service';
import { authorityOpen } from '../src/authority.ts';
import { regionStart, type Region } from '../src/region.ts';
import { clusterDefault } from '../src/store/cluster.ts';
import { databaseOpen, type Database } from '../src/store/database.ts';
import { enrolTokenInsert } from '../src/store/enrol-token.ts';
import { hosts, resourceEvents, tasks } from '../src/store/schema/index.ts';
import { transact } from '../src/store/transact.ts';
import { eventually } from './task-fixture.ts';

const HOSTS = 60;
const key = regionKey.parse('lab');
const names = Array.from({ length: HOSTS }, (_, n) => `sim-${String(n + 1).padStart(2, '0')}`);
let postgres: TestPostgres;
let directory: string;
let region: Region;
let db: Database;
let door: Server;
let broken = 0;
let simulator: ChildProcess | null = null;
let simulatorArguments: string[];

/** Passes connections on to the region, each for a moment of its own; whatever was under way is lost with it. */
function doorThatBreaks(port: number): Promise<Server> {
  let count = 0;
  const server = createServer((caller) => {
    count += 1;
    const onward = connect(port, '127.0.0.1');
    const end = (): void => void [caller.destroy(), onward.destroy()];
    for (const socket of [caller, onward]) socket.on('error', end).on('close', end);
    caller.pipe(onward).pipe(caller);
    const cut = setTimeout(
      () => {
        broken += 1;
        end();
      },
      80 + ((count * 97) % 300),
    );
    caller.once('close', () => clearTimeout(cut));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function simulatorStart(): void {
  const main = fileURLToPath(new URL('../../agent/src/sim/main.ts', import.meta.url));
  simulator = spawn(process.execPath, [main, ...simulatorArguments], { stdio: 'ignore' });
}

beforeAll(async () => {
  postgres = await postgresForTest();
  const url = await postgres.database();
  directory = mkdtempSync(join(tmpdir(), 'basalt-fleet-'));
  await assertionKeyLoadOrCreate(directory);
  const port = await freePort();
  region = await regionStart(
    {
      REGION_KEY: key,
      REGION_NAME: 'Lab',
      DATABASE_URL: url,
      STATE_DIR: directory,
      LISTEN_HOST: '127.0.0.1',
      LISTEN_PORT: port,
      ADVERTISED_ENDPOINT: `https://127.0.0.1:${port}`,
      ASSERTION_PUBLIC_KEY: join(directory, 'assertion.pub'),
      DRIVERS: 'sim',
      OVN_NB: '',
      OVN_SB_REMOTE: 'tcp:127.0.0.1:6642',
      CEPH_CONF: '',
      CEPH_USER: 'client.basalt',
      CEPH_KEYRING: '',
      STORAGE_POOLS: [{ name: 'ssd', pool: 'ssd', media: 'ssd', replicas: 3, failureDomain: 'host' }],
      HOST_RESERVE_VCPU: 0,
      HOST_RESERVE_MEMORY: 0,
      CONSOLE_TICKET_SECONDS: 300,
      LOG_LEVEL: 'warn',
      PROCESS_NAME: 'test',
    },
    logger('region', 'silent'),
  );
  door = await doorThatBreaks(port);
  db = databaseOpen({ url, connections: 4 });
  const endpoint = `https://127.0.0.1:${(door.address() as AddressInfo).port}`;
  const caFingerprint = fingerprintOf((await authorityOpen(directory, key)).certificate);
  const tokens = names.map((hostName) => ({ hostName, token: secretMake(), endpoint, caFingerprint }));
  await transact(db, async (work) => {
    const cluster = await clusterDefault(work.tx);
    if (!cluster) throw new Error('no cluster');
    for (const { hostName, token } of tokens)
      await enrolTokenInsert(work.tx, {
        hash: secretHash(token),
        hostName,
        clusterId: cluster.id,
        createdBy: accountId.parse('018f0000-0000-7000-8000-0000000000aa'),
        expiresAt: new Date(Date.now() + 15 * 60_000),
      });
  });
  const state = join(directory, 'simulator');
  mkdirSync(state);
  writeFileSync(join(directory, 'tokens.json'), JSON.stringify(tokens));
  simulatorArguments = ['--tokens', join(directory, 'tokens.json'), '--state', state];
  simulatorArguments.push('--port', String(await freePort()), '--start-ms', '20', '--boot-ms', '20');
}, 60_000);

afterAll(async () => {
  simulator?.kill('SIGKILL');
  door.close();
  await db.$client.end();
  await region.stop();
  await postgres[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

test('[HOST-02] all join, each once, over connections that break and a simulator that is killed meanwhile', async () => {
  simulatorStart();
  await eventually(
    () => db.select({ id: hosts.id }).from(hosts),
    (rows) => rows.length >= HOSTS / 3,
    60_000,
  );
  const gone = simulator && once(simulator, 'exit');
  simulator?.kill('SIGKILL');
  await gone;
  simulatorStart();
  const rows = await eventually(
    () =>
      db
        .select({
          id: hosts.id,
          name: hosts.name,
          state: hosts.state,
          heard: hosts.connectedUnder,
          path: hosts.pathPrefix,
        })
        .from(hosts),
    (list) => list.length >= HOSTS && list.every(({ state, heard }) => state === 'locked' && heard !== null),
    90_000,
  );
  expect(broken).toBeGreaterThan(5);
  expect(rows.map(({ name }) => name).toSorted()).toEqual(names);
  expect(new Set(rows.map(({ path }) => path)).size).toBe(HOSTS);
  const jobs = await db.select().from(tasks).where(eq(tasks.kind, 'host.enrol'));
  expect(jobs.map(({ targetId }) => targetId).toSorted()).toEqual(rows.map(({ id }) => id as string).toSorted());
  expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['succeeded']));
  const joined = await db.select().from(resourceEvents).where(eq(resourceEvents.type, 'host.joined'));
  expect(joined).toHaveLength(HOSTS);
}, 180_000);
