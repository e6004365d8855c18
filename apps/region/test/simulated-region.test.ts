/** The whole cell as one process starts it, against the agent's simulator over mutual TLS. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gib, type ImageId, type NetworkId, type TaskId, type VmId } from '@basalt/contract';
import { freePort, newId } from '@basalt/service';
import type { Database } from '../src/store/database.ts';
import { tasks } from '../src/store/schema/index.ts';
import { cellHostsUse, cellImage, cellKey, cellNetwork, cellOpen, type TestCell } from './cell-fixture.ts';
import { eventually } from './task-fixture.ts';

const key = cellKey;
const hostNames = ['sim-1', 'sim-2', 'sim-3'];
let cell: TestCell;
let api: TestCell['api'];
let db: Database;
let simulator: ChildProcess;
let controlPort: number;
let imageId: ImageId;
let networkId: NetworkId;

beforeAll(async () => {
  cell = await cellOpen();
  ({ api, db } = cell);
  const tokens = await Promise.all(hostNames.map((hostName) => api.host.createEnrolToken({ region: key, hostName })));
  const file = join(cell.directory, 'tokens.json');
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
  await cellHostsUse(cell, hostNames.length);
  imageId = await cellImage(cell);
  networkId = await cellNetwork(cell, { name: 'flat', vlan: 100, cidr: '10.20.0.0/16', gateway: '10.20.0.1' });
}, 120_000);

afterAll(async () => {
  simulator.kill('SIGTERM');
  await cell[Symbol.asyncDispose]();
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
    await cell.restart();
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
