import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@basalt/service';
import { vmListInput, type NicId, type TaskId, type VmId } from '@basalt/contract';
import { vmList } from '../src/domain/lists.ts';
import { vmCreate } from '../src/domain/vm/create.ts';
import * as schema from '../src/store/schema/index.ts';
import { vmDetail, vmSummaries } from '../src/store/vm-shape.ts';
import { fixtureOpen, KEY, vmInput, type Fixture } from './region-fixture.ts';

let f: Fixture;
let id: VmId;

beforeAll(async () => {
  f = await fixtureOpen();
  const hostId = await f.hostAdd('h1');
  const imageId = await f.imageAdd();
  const networkId = await f.networkAdd('10.71.0.0/24');
  const made = await vmCreate(f.context(), vmInput({ name: 'one', imageId, networkId, count: 2 }));
  id = made.items[0]!.vm.id;
  const extra = { vmId: id, networkId, model: 'virtio' as const };
  await f.db.insert(schema.nics).values([
    { ...extra, id: newId<NicId>(), index: 2, mac: '52:54:00:00:00:02', address: '10.71.0.5' },
    { ...extra, id: newId<NicId>(), index: 1, mac: '52:54:00:00:00:01', address: null },
  ]);
  await f.db.update(schema.vms).set({ hostId }).where(eq(schema.vms.id, id));
});
afterAll(() => f[Symbol.asyncDispose]());

test('[VM-25] the list, the event and the page show one VM the same, with names, addresses in the order of its NICs, and the newest task that is not at its end', async () => {
  const [created] = await f.db.select().from(schema.tasks).where(eq(schema.tasks.targetId, id));
  const newest = newId<TaskId>();
  await f.db.insert(schema.tasks).values([
    { ...created!, id: newId<TaskId>(), state: 'succeeded', createdAt: new Date(Date.now() + 60_000) },
    {
      ...created!,
      id: newest,
      kind: 'vm.start',
      state: 'running',
      currentStep: 'start',
      progress: 0.5,
      createdAt: new Date(Date.now() + 30_000),
    },
  ]);
  const [row] = await f.db.select().from(schema.vms).where(eq(schema.vms.id, id));
  const [first] = await f.db
    .select()
    .from(schema.nics)
    .where(sql`vm_id = ${id} and index = 0`);
  const [summary] = await vmSummaries(f.db, [id]);
  expect(summary).toMatchObject({
    id,
    name: 'one-01',
    state: row?.state,
    host: { name: 'h1' },
    image: { id: row?.imageId },
    progress: 0.5,
    task: { id: newest, kind: 'vm.start', step: 'start' },
    addresses: [first?.address, '10.71.0.5'],
    memory: row?.memory,
    vcpu: row?.vcpu,
    owner: { id: row?.ownerId, name: row?.ownerName },
    createdAt: row?.createdAt.toISOString(),
    stateSince: row?.stateSince.toISOString(),
  });
  const listed = (await vmList(f.context(), vmListInput.parse({ region: KEY }))).items.find((vm) => vm.id === id);
  expect(listed).toEqual(summary);
  expect(await vmDetail(f.db, id)).toMatchObject({ ...summary });
});

test('[VM-25] what is destroyed is in no answer; a VM without host, image, address and task says so', async () => {
  const [other] = await f.db
    .select({ id: schema.vms.id })
    .from(schema.vms)
    .where(sql`id <> ${id}`);
  if (!other) throw new Error('there were two');
  await f.db.delete(schema.nics).where(eq(schema.nics.vmId, other.id));
  await f.db.update(schema.tasks).set({ state: 'succeeded' }).where(eq(schema.tasks.targetId, other.id));
  await f.db.update(schema.vms).set({ hostId: null, imageId: null }).where(eq(schema.vms.id, other.id));
  const [bare] = await vmSummaries(f.db, [other.id]);
  expect(bare).toMatchObject({ host: null, image: null, addresses: [], task: null, progress: null });
  await f.db.update(schema.vms).set({ state: 'destroyed' }).where(eq(schema.vms.id, other.id));
  expect(await vmSummaries(f.db, [other.id])).toEqual([]);
  expect(await vmDetail(f.db, other.id)).toBeNull();
});
