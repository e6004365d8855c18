/** Sixty simulated hosts join a whole region through a door whose connections keep breaking; the simulator is killed once. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountId } from '@basalt/contract';
import { fingerprintOf, freePort, secretHash, secretMake } from '@basalt/service';
import { authorityOpen } from '../src/authority.ts';
import { clusterDefault } from '../src/store/cluster.ts';
import type { Database } from '../src/store/database.ts';
import { enrolTokenInsert } from '../src/store/enrol-token.ts';
import { hosts, resourceEvents, tasks } from '../src/store/schema/index.ts';
import { transact } from '../src/store/transact.ts';
import { cellKey, cellOpen, type TestCell } from './cell-fixture.ts';
import { eventually } from './task-fixture.ts';

const HOSTS = 60;
const names = Array.from({ length: HOSTS }, (_, n) => `sim-${String(n + 1).padStart(2, '0')}`);
let cell: TestCell;
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
  cell = await cellOpen();
  ({ db } = cell);
  const { directory } = cell;
  door = await doorThatBreaks(cell.port);
  const endpoint = `https://127.0.0.1:${(door.address() as AddressInfo).port}`;
  const caFingerprint = fingerprintOf((await authorityOpen(directory, cellKey)).certificate);
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
  await cell[Symbol.asyncDispose]();
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
