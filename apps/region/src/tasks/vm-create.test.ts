import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VmId } from '@basalt/contract';
import { actor, allocationDifference, eventually, fixture, pool, type Fixture } from '../../test/task-fixture.ts';
import { transact } from '../store/transact.ts';
import { engineStart, type Engine } from '../workflow/engine.ts';
import { taskEnqueue } from '../workflow/task-enqueue.ts';
import { testRegistry, theFour } from '../workflow/test-kit.ts';
import { vmDisks, vmNics } from '../store/vm.ts';
import { vmCreate } from './vm-create.ts';

let region: Fixture;
let engine: Engine;
const registry = testRegistry([vmCreate]);

beforeAll(async () => {
  region = await fixture();
  engine = await engineStart({
    services: region.services,
    registry,
    databaseUrl: region.url,
    executor: 'test',
    undoWait: 10,
  });
}, 60_000);
afterAll(async () => {
  await engine.stop();
  await region[Symbol.asyncDispose]();
});

const begin = () =>
  transact(region.db, async (work) => {
    const subject = await region.vmRows(work, 'creating');
    const taskId = await taskEnqueue(registry, work, {
      kind: 'vm.create',
      target: { kind: 'vm', id: subject, name: 'vm' },
      input: { vmId: subject, start: true },
      actor,
      locale: 'en-US',
    });
    return { taskId, subject };
  });
const ended = (id: Parameters<Fixture['taskRow']>[0]) =>
  eventually(
    () => region.taskRow(id),
    (t) => t.finishedAt !== null,
  ).then((t) => t.state);

async function succeeded(id: VmId): Promise<void> {
  const vm = await region.vm(id);
  expect(vm).toMatchObject({ state: 'running', reason: null });
  expect(vm.startedAt).not.toBeNull();
  expect(region.hosts[0]?.domains.get(id)?.facts.state).toBe('running');
  for (const disk of await vmDisks(region.db, [id])) {
    expect(disk.state).toBe('attached');
    expect(region.world.images.has(`${pool}/${disk.rbdImage}`)).toBe(true);
  }
  for (const nic of await vmNics(region.db, [id])) expect(region.network.ports.get(nic.id)?.address).toBe(nic.address);
  expect(await region.allocated(id)).toBe(true);
  expect(await allocationDifference(region.db)).toBe(0);
}

async function clean(id: VmId): Promise<void> {
  const vm = await region.vm(id);
  expect(vm.state).toBe('error');
  expect(vm.reason).not.toBeNull();
  for (const host of region.hosts) expect(host.domains.has(id)).toBe(false);
  for (const disk of await vmDisks(region.db, [id]))
    expect(region.world.images.has(`${pool}/${disk.rbdImage}`)).toBe(false);
  for (const nic of await vmNics(region.db, [id])) expect(region.network.ports.has(nic.id)).toBe(false);
  expect(await region.allocated(id)).toBe(false);
  expect(await allocationDifference(region.db)).toBe(0);
}

theFour(
  test,
  (a, b) => expect(a).toEqual(b),
  'VM-05',
  vmCreate,
  () => ({ registry, begin, ended, succeeded, clean }),
);
