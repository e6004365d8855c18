import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  actionRefusal,
  BasaltError,
  vmState,
  type ImageId,
  type NetworkId,
  type VmId,
  type VmState,
} from '@basalt/contract';
import { imageCancel, imageChange, imageDelete } from '../src/domain/image/change.ts';
import { imageAnnounce } from '../src/domain/image/upload.ts';
import { networkChange, networkCreate, networkDelete } from '../src/domain/network/change.ts';
import { networkAddresses } from '../src/domain/network/addresses.ts';
import { hostLockSet, hostRemove } from '../src/domain/host/change.ts';
import { computeClusterShapes } from '../src/domain/clusters.ts';
import { overviewGet } from '../src/domain/overview.ts';
import { vmBulk } from '../src/domain/vm/bulk.ts';
import { vmCreate } from '../src/domain/vm/create.ts';
import { vmAct, vmActions, type VmActionKind } from '../src/domain/vm/power.ts';
import { vmChange } from '../src/domain/vm/update.ts';
import { searchFind } from '../src/domain/search.ts';
import { allocationRelease, allocationsOf } from '../src/store/allocation.ts';
import { hostPage } from '../src/store/host.ts';
import * as schema from '../src/store/schema/index.ts';
import { transact } from '../src/store/transact.ts';
import { vmLock, vmStateSet } from '../src/store/vm.ts';
import { fixtureOpen, GIB, KEY, vmInput, type Fixture } from './region-fixture.ts';

let f: Fixture;
let imageId: ImageId;
let networkId: NetworkId;

const failing = async (work: Promise<unknown>): Promise<BasaltError> => {
  const error: unknown = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof BasaltError)) throw new Error('did not fail as it should', { cause: error });
  return error;
};
/** As the task would leave it: the state, and nothing at work. */
const settle = (id: VmId, state: VmState): Promise<void> =>
  transact(f.db, async (work) => {
    await work.tx.update(schema.tasks).set({ state: 'succeeded' }).where(eq(schema.tasks.targetId, id));
    if (state === 'stopped') await allocationRelease(work.tx, id);
    await vmStateSet(work.tx, id, state);
  });
const vmMake = async (name: string, state: VmState, more: object = {}): Promise<VmId> => {
  const { items } = await vmCreate(f.context(), vmInput({ name, imageId, networkId, ...more }));
  const id = items[0]?.vm.id;
  if (!id) throw new Error('nothing was made');
  await settle(id, state);
  return id;
};

beforeAll(async () => {
  f = await fixtureOpen();
  for (const name of ['h1', 'h2']) await f.hostAdd(name);
  imageId = await f.imageAdd();
  networkId = await f.networkAdd('10.50.0.0/24', { gateway: '10.50.0.1' });
});
afterAll(() => f[Symbol.asyncDispose]());

describe('actions on a VM', () => {
  test('[VM-04] every action is refused exactly where the table refuses it, with the table’s reason', async () => {
    const id = await vmMake('table', 'stopped');
    for (const state of vmState.options.filter((s) => s !== 'destroyed'))
      for (const kind of Object.keys(vmActions) as VmActionKind[]) {
        await settle(id, state);
        const wanted = actionRefusal('vm', state, vmActions[kind].action);
        const outcome = await vmAct(f.context(), kind, { id }).then(
          () => null,
          (error: unknown) => error,
        );
        if (wanted === null) expect([state, kind, outcome]).toEqual([state, kind, null]);
        else expect(outcome, `${kind} in ${state}`).toMatchObject({ code: 'actionRefused' });
      }
    await settle(id, 'stopped');
    const error = await failing(vmAct(f.context(), 'vm.shutdown', { id }));
    expect(error.text('en-US')).not.toMatch(/[{}]/u);
    expect(error.text('zh-CN')).toMatch(/[\u4E00-\u9FFF]/u);
  });

  test('[VM-05] a start is placed anew and takes room; what was stopped had given it back', async () => {
    const id = await vmMake('power', 'stopped', { vcpu: 2, memory: 2 * GIB });
    expect(await allocationsOf(f.db, [id])).toEqual([]);
    const { taskId } = await vmAct(f.context(), 'vm.start', { id });
    expect(await allocationsOf(f.db, [id])).toMatchObject([{ vcpu: 2, memory: 2 * GIB }]);
    const [vm] = await f.db.select().from(schema.vms).where(eq(schema.vms.id, id));
    expect(vm).toMatchObject({ state: 'starting', epoch: 2, desiredPower: 'on' });
    const [task] = await f.db.select().from(schema.tasks).where(eq(schema.tasks.id, taskId));
    expect(task).toMatchObject({ kind: 'vm.start', input: { vmId: id } });
  });

  test('[TASK-01] a VM that a task is at work on says which', async () => {
    const id = await vmMake('busy', 'running');
    await vmAct(f.context(), 'vm.pause', { id });
    const error = await failing(vmAct(f.context(), 'vm.shutdown', { id }));
    expect([error.code, error.params['task']]).toEqual(['busyWithTask', 'vm.pause']);
    await vmAct(f.context(), 'vm.powerOff', { id });
  });

  test('[VM-12] a protected VM is not deleted', async () => {
    const id = await vmMake('kept', 'stopped', { protected: true });
    expect((await failing(vmAct(f.context(), 'vm.delete', { id }))).code).toBe('actionRefused');
  });

  test('[VM-26] bulk: each item for itself, permission per action, a repeated token repeats', async () => {
    const running = await vmMake('bulk-a', 'running');
    const stopped = await vmMake('bulk-b', 'stopped');
    const input = {
      action: 'shutdown' as const,
      ids: [running, stopped],
      requestToken: '018f0000-0000-7000-8000-000000000777',
    };
    const denied = await vmBulk(f.context(['vm:read']), input);
    expect(denied.items.map((i) => i.error?.code)).toEqual(['permissionMissing', 'permissionMissing']);
    const first = await vmBulk(f.context(), input);
    expect(first.items.map((i) => i.error?.code ?? 'ok')).toEqual(['ok', 'actionRefused']);
    const again = await vmBulk(f.context(), input);
    expect(again.items[0]?.taskId).toBe(first.items[0]?.taskId);
  });

  test('[VM-25] rename keeps names unique and is found by the new one', async () => {
    const id = await vmMake('old-name', 'stopped');
    await vmMake('taken', 'stopped');
    expect((await failing(vmChange(f.context(), { id, name: 'taken' }))).code).toBe('nameTaken');
    await vmChange(f.context(), { id, name: 'Neuer Name', note: '50% _fertig_' });
    const found = await searchFind(f.context(), 'neuer');
    expect(found.items.map((i) => [i.kind, i.id])).toEqual([['vm', id]]);
    expect((await searchFind(f.context(), '0% _fer')).items).toHaveLength(1);
    expect((await searchFind(f.context(['host:read']), 'neuer')).items).toEqual([]);
  });

  test('[HOST-03] a locked host takes nothing; removal wants maintenance and no VMs', async () => {
    const [h1] = await f.db.select().from(schema.hosts).where(eq(schema.hosts.name, 'h1'));
    if (!h1) throw new Error('no host');
    await hostLockSet(f.context(), { id: h1.id }, 'lock');
    const { items } = await vmCreate(f.context(), vmInput({ name: 'elsewhere', imageId, networkId }));
    expect(items[0]?.vm.host?.name).toBe('h2');
    expect((await failing(hostRemove(f.context(), { id: h1.id }))).code).toBe('actionRefused');
    await f.db.update(schema.hosts).set({ state: 'maintenance' }).where(eq(schema.hosts.id, h1.id));
    expect((await failing(hostRemove(f.context(), { id: h1.id }))).code).toBe('inUse');
    await f.db.update(schema.hosts).set({ state: 'available' }).where(eq(schema.hosts.id, h1.id));
  });

  test('[VM-04] a destroyed VM is not there any more', async () => {
    const id = await vmMake('gone', 'destroyed');
    expect((await failing(vmAct(f.context(), 'vm.start', { id }))).code).toBe('notFound');
    expect(await transact(f.db, (work) => vmLock(work.tx, id))).toBeNull();
    await vmMake('gone', 'stopped');
  });
});

describe('images', () => {
  test('[IMG-03] an image in use is not deleted; an upload that is cancelled is gone', async () => {
    expect((await failing(imageDelete(f.context(), { id: imageId }))).code).toBe('inUse');
    const announced = await imageAnnounce(f.context(), {
      region: KEY,
      name: 'half',
      note: '',
      osFamily: 'linux',
      osVersion: '',
      architecture: 'x86_64',
      firmware: 'bios',
      guestAgent: true,
      cloudInit: true,
      defaultUser: 'root',
      format: 'qcow2',
      fileSize: 10,
    });
    expect((await failing(imageChange(f.context(), { id: announced.id, name: 'debian' }))).code).toBe('nameTaken');
    expect((await imageCancel(f.context(), { id: announced.id })).state).toBe('deleted');
    expect((await failing(imageChange(f.context(), { id: announced.id, name: 'x' }))).code).toBe('notFound');
  });
});

describe('networks', () => {
  const input = {
    region: KEY,
    name: 'office',
    note: '',
    uplink: 'physnet',
    vlan: 7,
    mtu: 1500,
    subnet: {
      cidr: '10.60.0.0/24',
      gateway: '10.60.0.1',
      dns: [],
      excluded: [{ from: '10.60.0.10', to: '10.60.0.19' }],
      dhcp: true,
      leaseTime: 3600,
      routes: [],
    },
  };

  test('[NET-01] uplink and VLAN are taken once; the network in the way is named', async () => {
    const made = await networkCreate(f.context(), input);
    expect(made).toMatchObject({ state: 'creating', subnet: { total: 243, used: 0 } });
    const twin = await failing(networkCreate(f.context(), { ...input, name: 'other' }));
    expect([twin.code, twin.params['network']]).toEqual(['vlanTaken', 'office']);
    const racing = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) => networkCreate(f.context(), { ...input, name, vlan: 8 })),
    );
    expect(racing.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    expect((await failing(networkCreate(f.context(), { ...input, name: 'x', vlan: 9, uplink: 'nowhere' }))).field).toBe(
      'uplink',
    );
  });

  test('[NET-02] a subnet that cannot be is refused at its field', async () => {
    const with_ = (subnet: object) =>
      failing(networkCreate(f.context(), { ...input, name: 'x', vlan: 10, subnet: { ...input.subnet, ...subnet } }));
    expect((await with_({ cidr: '10.60.0.5/24' })).field).toBe('subnet.cidr');
    expect((await with_({ gateway: '10.61.0.1' })).field).toBe('subnet.gateway');
    expect((await with_({ gateway: '10.60.0.255' })).field).toBe('subnet.gateway');
    expect((await with_({ excluded: [{ from: '10.60.0.9', to: '10.60.0.1' }] })).field).toBe('subnet.excluded.0');
  });

  test('[NET-03] changes become a task; a network with VMs is not deleted; addresses say who has them', async () => {
    const changed = await networkChange(f.context(), { region: KEY, id: networkId, dns: ['10.50.0.53'], dhcp: false });
    expect(changed.subnet).toMatchObject({ dns: ['10.50.0.53'], dhcp: false });
    await f.db.update(schema.tasks).set({ state: 'succeeded' }).where(eq(schema.tasks.targetId, networkId));
    expect((await failing(networkDelete(f.context(), { region: KEY, id: networkId }))).code).toBe('inUse');
    const { items } = await networkAddresses(f.context(), { id: networkId, limit: 200, page: 1 });
    expect(items[0]).toMatchObject({ address: '10.50.0.0', use: 'network' });
    expect(items.find((i) => i.use === 'nic')?.vm?.name).toBeDefined();
  });

  test('[NET-02] a barred range stands with both ends and is found by what lies between', async () => {
    const { id } = await networkCreate(f.context(), {
      ...input,
      name: 'ranges',
      vlan: 777,
      subnet: {
        ...input.subnet,
        cidr: '10.51.0.0/24',
        gateway: '10.51.0.1',
        excluded: [
          { from: '10.51.0.20', to: '10.51.0.40' },
          { from: '10.51.0.60', to: '10.51.0.60' },
        ],
      },
    });
    const found = async (search?: string) =>
      (await networkAddresses(f.context(), { id, limit: 200, page: 1, ...(search ? { search } : {}) })).items
        .filter(({ use }) => use === 'excluded')
        .map(({ address, addressTo }) => [address, addressTo]);
    expect(await found()).toEqual([
      ['10.51.0.20', '10.51.0.40'],
      ['10.51.0.60', null],
    ]);
    expect(await found('10.51.0.33')).toEqual([['10.51.0.20', '10.51.0.40']]);
    expect(await found('10.51.0.61')).toEqual([]);
  });
});

test('[BIN-01] what has lost its disks is not restored as if nothing had happened; it is destroyed again', async () => {
  const id = await vmMake('half-gone', 'deleted');
  await f.db.update(schema.disks).set({ state: 'error' }).where(eq(schema.disks.vmId, id));
  const error = await failing(vmAct(f.context(), 'recycleBin.restore', { id }));
  expect(error.text('en-US')).toContain('can only be destroyed');
  expect(await vmAct(f.context(), 'recycleBin.destroy', { id })).toHaveProperty('taskId');
});

test('[CLU-01] hosts that are busy to the last are shown as full, not as more than full, whatever is kept back on them', async () => {
  const before = await f.db.select().from(schema.hosts);
  await f.db.update(schema.hosts).set({ reserveVcpu: 2, cpuUse: 1, memoryUsed: sql`${schema.hosts.capacityMemory}` });
  try {
    const [cluster] = await computeClusterShapes(f.db);
    if (!cluster) throw new Error('no cluster');
    expect(cluster.vcpu.total).toBeLessThan(before.reduce((sum, host) => sum + host.capacityVcpu, 0));
    expect(cluster.vcpu.used).toBeCloseTo(cluster.vcpu.total, 6);
    expect(cluster.memory.used).toBeCloseTo(cluster.memory.total, -1);
    const { items } = await hostPage(
      f.db,
      { sort: { field: 'name', order: 'asc' }, reach: 'all' },
      { limit: 10, offset: 0 },
    );
    expect(items.map((host) => [host.vcpu.used, host.memory.used])).toEqual(
      items.map((host) => [host.vcpu.total, host.memory.total]),
    );
  } finally {
    for (const { id, reserveVcpu, cpuUse, memoryUsed } of before)
      await f.db.update(schema.hosts).set({ reserveVcpu, cpuUse, memoryUsed }).where(eq(schema.hosts.id, id));
  }
});

test('[CLU-01] the overview counts what is allocated and names what wants somebody', async () => {
  const broken = await vmMake('broken', 'error');
  const overview = await overviewGet(f.context());
  const hosts = await f.db.select().from(schema.hosts);
  expect(overview.memory.allocated).toBe(hosts.reduce((sum, h) => sum + h.allocatedMemory, 0));
  expect(overview.vcpu.total).toBe(32);
  expect(overview.attention.find((a) => a.resource.id === broken)?.key).toBe('vmFailed');
  expect(overview.attention.some((a) => a.key === 'fewHosts')).toBe(true);
  expect(overview.services.find((s) => s.key === 'ovn')?.health).toBe('unknown');
});
