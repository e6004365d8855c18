import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TaskId, VmId } from '@basalt/contract';
import { taskRegistry } from '../src/workflow/task-registry.ts';
import { taskEnqueue } from '../src/workflow/task-enqueue.ts';
import { tasks } from '../src/store/schema/index.ts';
import { transact } from '../src/store/transact.ts';
import { vmCreate } from '../src/tasks/vm-create.ts';
import { vmDisks, vmNics } from '../src/store/vm.ts';
import { actor, allocationDifference, eventually, fixture, pool, type Fixture } from './task-fixture.ts';
import { worldServe, type WorldDoor } from './world-door.ts';

let region: Fixture;
let door: WorldDoor;
const children: ChildProcess[] = [];

interface Worker {
  readonly process: ChildProcess;
  readonly said: string[];
}

/** @param args executor, `take` or `wait`, and `hang` or nothing. */
async function worker(...args: string[]): Promise<Worker> {
  const file = fileURLToPath(new URL('region-worker.ts', import.meta.url));
  const child = spawn(process.execPath, [file, region.url, door.url, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const said: string[] = [];
  if (child.stdout) createInterface(child.stdout).on('line', (line) => void said.push(line));
  await eventually(
    () => said,
    (lines) => lines.includes('ready'),
    30_000,
  );
  return { process: child, said };
}

beforeAll(async () => {
  region = await fixture();
  door = await worldServe(region.world, region.network);
}, 60_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await door[Symbol.asyncDispose]();
  await region[Symbol.asyncDispose]();
});

const create = (name: string): Promise<{ id: VmId; taskId: TaskId }> =>
  transact(region.db, async (work) => {
    const id = await region.vmRows(work, 'creating', { name });
    const taskId = await taskEnqueue(taskRegistry([vmCreate]), work, {
      kind: 'vm.create',
      target: { kind: 'vm', id, name },
      input: { vmId: id, start: true },
      actor,
      locale: 'en-US',
    });
    return { id, taskId };
  });

test('[TASK-01] a region process killed at every step of a creation: another goes on within ten seconds, and nothing is done twice', async () => {
  const doomed = await worker('doomed', 'take', 'hang');
  await worker('heir', 'wait');
  const steps = vmCreate.steps.map((step) => step.key);
  const made = await Promise.all(steps.map((step) => create(`vm-at-${step}`)));
  await eventually(
    () => doomed.said.filter((line) => line.startsWith('at ')),
    (at) => at.length === steps.length,
    15_000,
  );

  doomed.process.kill('SIGKILL');
  const killed = Date.now();
  for (const { taskId } of made) {
    const task = await eventually(
      () => region.taskRow(taskId),
      (row) => row.finishedAt !== null,
      20_000,
    );
    expect(task.state).toBe('succeeded');
  }
  expect(Date.now() - killed).toBeLessThan(10_000);

  for (const { id } of made) {
    expect((await region.vm(id)).state).toBe('running');
    expect(region.hosts[0]?.domains.get(id)?.facts.state).toBe('running');
    for (const disk of await vmDisks(region.db, [id]))
      expect(region.world.images.has(`${pool}/${disk.rbdImage}`)).toBe(true);
    for (const nic of await vmNics(region.db, [id])) expect(region.network.ports.has(nic.id)).toBe(true);
  }
  const done = region.hosts[0]?.done ?? [];
  for (const operation of ['disk.ensure', 'domain.ensureDefined', 'domain.ensureRunning'])
    expect(done.filter((name) => name === operation)).toHaveLength(made.length);
  expect(await allocationDifference(region.db)).toBe(0);
}, 90_000);

test('[TASK-01] a task whose taker died before it began waits for the next taker', async () => {
  const { taskId } = await create('vm-left');
  await region.db.update(tasks).set({ executor: 'ghost' }).where(eq(tasks.id, taskId));
  const task = await eventually(
    () => region.taskRow(taskId),
    (row) => row.executor === null,
    15_000,
  );
  expect(task.state).toBe('queued');
}, 30_000);
