/** The whole cell as one process starts it, against the agent's simulator over mutual TLS. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';
import { inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  BasaltError,
  gib,
  regionKey,
  regionPaths,
  regionProcedures,
  type ImageId,
  type NetworkId,
  type TaskId,
  type VmId,
} from '@basalt/contract';
import { clientBuild, type Client } from '@basalt/rpc';
import {
  assertionKeyLoadOrCreate,
  assertionSign,
  freePort,
  logger,
  mtlsAgent,
  newId,
  postgresForTest,
  rpcFetch,
  type TestPostgres,
} from '@basalt/service';
import { authorityOpen, gatewayIdentity } from '../src/authority.ts';
import { regionStart, type Region } from '../src/region.ts';
import type { RegionEnv } from '../src/env.ts';
import { databaseOpen, type Database } from '../src/store/database.ts';
import { images, storageClusters, tasks } from '../src/store/schema/index.ts';
import { actorOf } from './region-fixture.ts';
import { eventually } from './task-fixture.ts';

const key = regionKey.parse('lab');
const hostNames = ['sim-1', 'sim-2', 'sim-3'];
let postgres: TestPostgres;
let directory: string;
let region: Region;
let environment: RegionEnv;
let api: Client<typeof regionProcedures>;
let db: Database;
let simulator: ChildProcess;
let controlPort: number;
let imageId: ImageId;
let networkId: NetworkId;

beforeAll(async () => {
  postgres = await postgresForTest();
  const url = await postgres.database();
  directory = mkdtempSync(join(tmpdir(), 'basalt-cell-'));
  mkdirSync(directory, { recursive: true });
  const signing = await assertionKeyLoadOrCreate(directory);
  const port = await freePort();
  const log = logger('region', 'silent');
  environment = {
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
  };
  region = await regionStart(environment, log);
  const ca = await authorityOpen(directory, key);
  const own = await gatewayIdentity(ca, key);
  const assertion = await assertionSign(signing, actorOf('*'));
  const listening = region.server.address() as AddressInfo;
  api = clientBuild(regionProcedures, {
    url: `https://127.0.0.1:${listening.port}${regionPaths.rpc}`,
    fetch: rpcFetch(mtlsAgent({ own, ca: ca.certificate, expected: `basalt://region/${key}/region` })),
    headers: () => ({ authorization: `Bearer ${assertion}` }),
    unreachable: (_timedOut, _seconds, cause) => new BasaltError('unavailable', {}, { cause }),
  });
  const tokens = await Promise.all(hostNames.map((hostName) => api.host.createEnrolToken({ region: key, hostName })));
  const file = join(directory, 'tokens.json');
  writeFileSync(
    file,
    JSON.stringify(
      tokens.map(({ hostName, token, endpoint, caFingerprint }) => ({ hostName, token, endpoint, caFingerprint })),
    ),
  );
  controlPort = await freePort();
  const main = fileURLToPath(new URL('../../agent/src/sim/main.ts', import.meta.url));
  simulator = spawn(
    process.execPath,
    [
      main,
      '--tokens',
      file,
      '--port',
      '0',
      '--control-port',
      String(controlPort),
      '--start-ms',
      '50',
      '--boot-ms',
      '50',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const end = await eventually(
    () => api.host.list({ region: key }),
    (list) => list.items.length === 3 && list.items.every((host) => host.state === 'locked' && host.connected),
    30_000,
  );
  expect(end.total).toBe(3);
  for (const { id } of end.items) await api.host.unlock({ region: key, id });

  db = databaseOpen({ url, connections: 4 });
  const [storage] = await db.select().from(storageClusters);
  if (!storage) throw new Error('no storage cluster');
  await eventually(
    () => db.select().from(storageClusters),
    (rows) => rows[0]?.totalBytes !== null,
  );
  imageId = newId<ImageId>();
  await db.insert(images).values({
    id: imageId,
    name: 'tiny',
    format: 'qcow2',
    state: 'available',
    osFamily: 'linux',
    architecture: 'x86_64',
    firmware: 'bios',
    guestAgent: true,
    cloudInit: true,
    defaultUser: 'root',
    storageClusterId: storage.id,
    rbdImage: `image-${imageId}`,
    fileSize: 1024,
    virtualSize: gib(1),
    ownerId: actorOf('*').sub,
  });
  const [host] = end.items;
  const { items: uplinks } = await api.network.uplinks({ region: key });
  expect(host).toBeDefined();
  const made = await api.network.create({
    region: key,
    name: 'flat',
    uplink: uplinks[0]?.name ?? '',
    vlan: 100,
    subnet: { cidr: '10.20.0.0/16', gateway: '10.20.0.1' },
  });
  networkId = made.id;
  await eventually(
    () => api.network.get({ region: key, id: networkId }),
    (network) => network.state === 'available',
  );
}, 120_000);

afterAll(async () => {
  simulator.kill('SIGTERM');
  await db.$client.end();
  await region.stop();
  await postgres[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
}, 30_000);

const create = (name: string) =>
  api.vm.create({
    region: key,
    name,
    imageId,
    vcpu: 1,
    memory: gib(1),
    systemDisk: { size: gib(10) },
    nics: [{ networkId }],
  });
const vmBecomes = (id: VmId, state: string, ms = 10_000) =>
  eventually(
    () => api.vm.get({ region: key, id }),
    (vm) => vm.state === state,
    ms,
  );
const done = async (id: TaskId) => {
  const task = await eventually(
    () => api.task.get({ region: key, id }),
    (t) => t.finishedAt !== null,
    20_000,
  );
  expect(task.error).toBeNull();
  expect(task.state).toBe('succeeded');
  return task;
};

test('[VM-05] a VM through its life on simulated hosts, over the region’s own door', async () => {
  const { items } = await create('life');
  const [made] = items;
  if (!made) throw new Error('nothing was made');
  const { id } = made.vm;
  const task = await done(made.taskId);
  expect(task.steps.map((step) => [step.key, step.state])).toEqual(
    ['place', 'cloneDisk', 'networkPort', 'define', 'start', 'ready'].map((step) => [step, 'done']),
  );
  const vm = await vmBecomes(id, 'running');
  expect(vm.addresses[0]).toMatch(/^10\.20\./u);

  const asked = Date.now();
  const answer = await fetch(`http://127.0.0.1:${controlPort}/`, {
    method: 'POST',
    body: JSON.stringify({ do: 'guestEnd', host: vm.host?.name, vmId: id, how: 'shutdown' }),
  });
  expect(answer.status).toBe(204);
  await vmBecomes(id, 'stopped', 2_000);
  expect(Date.now() - asked).toBeLessThan(2_000);

  await done((await api.vm.start({ region: key, id })).taskId);
  await done((await api.vm.pause({ region: key, id })).taskId);
  await vmBecomes(id, 'paused');
  await done((await api.vm.resume({ region: key, id })).taskId);
  await done((await api.vm.reboot({ region: key, id })).taskId);
  await done((await api.vm.reset({ region: key, id })).taskId);
  await vmBecomes(id, 'running');
  await done((await api.vm.shutdown({ region: key, id, timeout: 30 })).taskId);
  await vmBecomes(id, 'stopped');
  await done((await api.vm.delete({ region: key, id })).taskId);
  await done((await api.vm.undelete({ region: key, id })).taskId);
  await done((await api.vm.start({ region: key, id })).taskId);
  await done((await api.vm.powerOff({ region: key, id })).taskId);
  await done((await api.vm.delete({ region: key, id })).taskId);
  await done((await api.vm.destroy({ region: key, id })).taskId);
  expect((await api.vm.list({ region: key })).total).toBe(0);
  const used = await api.network.get({ region: key, id: networkId });
  expect(used.vms).toBe(0);
}, 60_000);

test('[VM-01] thirty VMs, one every 100 ms, all run', async () => {
  const asked: Promise<TaskId>[] = [];
  for (let n = 0; n < 30; n += 1) {
    asked.push(create(`many-${n}`).then(({ items }) => items[0]?.taskId ?? newId<TaskId>()));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const ids = await Promise.all(asked);
  const rows = await eventually(
    () => db.select().from(tasks).where(inArray(tasks.id, ids)),
    (found) => found.length === 30 && found.every((task) => task.finishedAt !== null),
    30_000,
  );
  expect(rows.map((task) => task.state)).toEqual(ids.map(() => 'succeeded'));
  const took = rows.map((t) => (t.finishedAt?.getTime() ?? 0) - t.createdAt.getTime()).toSorted((a, b) => a - b);
  process.stdout.write(`create → running, ms: p50 ${took[15]}, p95 ${took[28]}\n`);
}, 60_000);

test('[SCH-02] after a restart no host is believed in before its agent is heard; a creation waits for that', async () => {
  simulator.kill('SIGSTOP');
  let creating: ReturnType<typeof create>;
  try {
    await region.stop();
    region = await regionStart(environment, logger('region', 'silent'));
    const { items } = await api.host.list({ region: key });
    expect(items.map(({ state, connected }) => [state, connected])).toEqual(items.map(() => ['available', false]));
    const preview = await api.vm.preview({
      region: key,
      name: 'soon',
      imageId,
      vcpu: 1,
      memory: gib(1),
      systemDisk: { size: gib(10) },
      nics: [{ networkId }],
    });
    expect(preview.problems.map(({ code, message }) => [code, message])).toEqual([
      ['hostsConnecting', 'The region is still connecting to sim-1, sim-2, sim-3; try again in a few seconds'],
    ]);
    creating = create('soon');
    expect((await api.vm.list({ region: key, search: 'soon' })).total).toBe(0);
  } finally {
    simulator.kill('SIGCONT');
  }
  const [made] = (await creating).items;
  if (!made) throw new Error('nothing was made');
  await done(made.taskId);
}, 60_000);
