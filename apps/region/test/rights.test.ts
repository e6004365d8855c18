/** Permissions that hold for some resources only, asked through the region's door. */
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  accountId,
  liveEvent,
  resourceScope,
  regionProcedures,
  rolePermissions,
  type ActorAssertion,
  type HostId,
  type Permission,
  type ResourceScope,
  type VmId,
} from '@basalt/contract';
import { newId } from '@basalt/service';
import { reaches, reachOf, type Facts } from '../src/domain/rights.ts';
import { vmCreate } from '../src/domain/vm/create.ts';
import { liveRender } from '../src/server/live-render.ts';
import { outboxAfter } from '../src/store/event.ts';
import * as schema from '../src/store/schema/index.ts';
import { doorOpen, type Door } from './door-fixture.ts';
import { vmInput } from './region-fixture.ts';

const mine = accountId.parse('018f0000-0000-7000-8000-0000000000a1');
const other = accountId.parse('018f0000-0000-7000-8000-0000000000a2');
/** Of VMs and what belongs to them an operator has everything, but for his own only. */
const ownPermissions = rolePermissions('vmOperator').filter((key) => /^(vm|task|recycleBin):/u.test(key));
const operator: Partial<ActorAssertion> = { sub: mine, own: ownPermissions };
const shared: Permission[] = ['image:read', 'network:read', 'flavor:read'];

let door: Door;
let hosts: HostId[];
let vmMine: VmId;
let vmOther: VmId;
const field = (data: unknown, key: string): unknown => (data as Record<string, unknown>)[key];
const names = (data: unknown): string[] => (field(data, 'items') as { name: string }[]).map(({ name }) => name);

beforeAll(async () => {
  door = await doorOpen();
  hosts = [await door.f.hostAdd('h1'), await door.f.hostAdd('h2')];
  const imageId = await door.f.imageAdd();
  const networkId = await door.f.networkAdd('10.41.0.0/24');
  const make = async (name: string, owner: string): Promise<VmId> =>
    (await vmCreate(door.f.context('*', owner), vmInput({ name, imageId, networkId }))).items[0]!.vm.id;
  vmMine = await make('mine', mine);
  vmOther = await make('theirs', other);
  await door.f.db.execute(sql`update tasks set state = 'succeeded'`);
  await door.f.db.update(schema.vms).set({ state: 'running', hostId: hosts[0]! }).where(eq(schema.vms.id, vmMine));
  await door.f.db.update(schema.vms).set({ state: 'running', hostId: hosts[1]! }).where(eq(schema.vms.id, vmOther));
});
afterAll(() => door[Symbol.asyncDispose]());

describe('an operator of own VMs', () => {
  test('[IAM-19] lists and counts only what he owns', async () => {
    const { data } = await door.call('vm.list', 'query', {}, shared, operator);
    expect(names(data)).toEqual(['mine']);
    expect(data).toMatchObject({ total: 1, facets: { state: { running: 1 } } });
    const everybody = await door.call('vm.list', 'query', {});
    expect(everybody.data).toMatchObject({ total: 2 });
    const tasks = await door.call('task.list', 'query', {}, shared, operator);
    expect(field(tasks.data, 'total')).toBe(1);
  });

  test('[IAM-19] somebody else’s VM is not there for him, by no call that names one', async () => {
    const calls = Object.entries(regionProcedures.vm).filter(([, { input }]) => 'id' in input.shape);
    expect(calls.length).toBeGreaterThan(12);
    for (const [verb, { kind, input }] of calls) {
      const { code } = await door.call(
        `vm.${verb}`,
        kind,
        { id: vmOther, ...('protocol' in input.shape ? { protocol: 'vnc' } : {}) },
        shared,
        operator,
      );
      expect([verb, code]).toEqual([verb, 'notFound']);
    }
    const found = await door.call('search.find', 'query', { text: 'theirs' }, shared, operator);
    expect(found.data).toEqual({ items: [] });
  });

  test('[IAM-19] a bulk action does his own and refuses each of the others', async () => {
    const { data } = await door.call(
      'vm.bulk',
      'mutation',
      { action: 'reset', ids: [vmMine, vmOther] },
      shared,
      operator,
    );
    expect(data).toMatchObject({
      items: [
        { id: vmMine, error: null },
        { id: vmOther, taskId: null, error: { code: 'notFound' } },
      ],
    });
    await door.f.db.execute(sql`update tasks set state = 'succeeded'`);
    await door.f.db.update(schema.vms).set({ state: 'running' }).where(eq(schema.vms.id, vmMine));
  });

  test('[IAM-19] follows his own tasks and no others', async () => {
    const all = await door.f.db.select().from(schema.tasks);
    const theirs = all.find((task) => task.targetId === vmOther)!;
    const own = all.find((task) => task.targetId === vmMine)!;
    expect((await door.call('task.get', 'query', { id: theirs.id }, shared, operator)).code).toBe('notFound');
    expect((await door.call('task.get', 'query', { id: own.id }, shared, operator)).status).toBe(200);
  });

  test('[IAM-19] the live stream carries nothing of the others', async () => {
    const items = await liveRender(door.f.db, await outboxAfter(door.f.db, 0));
    const actor = { sub: mine, permissions: shared, own: ownPermissions, scoped: [] };
    const told = items
      .filter(({ permission, facts }) => facts && reaches(reachOf(actor, permission), facts))
      .map(({ event }) => liveEvent.parse(event));
    expect(told.some((event) => event.id === vmMine)).toBe(true);
    expect(JSON.stringify(told)).not.toContain(vmOther);
  });

  test('[IAM-19] what he makes is his', async () => {
    const [image] = await door.f.db.select().from(schema.images);
    const [network] = await door.f.db.select().from(schema.networks);
    const input = {
      name: 'new',
      imageId: image!.id,
      vcpu: 1,
      memory: 1024 ** 3,
      nics: [{ networkId: network!.id }],
      systemDisk: { size: 40 * 1024 ** 3 },
    };
    const { data, code } = await door.call('vm.create', 'mutation', input, shared, operator);
    expect(code).toBeNull();
    expect(data).toMatchObject({ items: [{ vm: { name: 'new', owner: { id: mine } } }] });
  });
});

describe('a role for chosen resources', () => {
  const scopedTo = (
    scope: Partial<ResourceScope>,
    permissions: Permission[] = ['vm:read', 'vm:reset', 'host:read'],
  ) => ({
    sub: mine,
    scoped: [{ permissions, scope: { clusters: [], hosts: [], vms: [], ...scope } }],
  });

  test('[IAM-22] by VM, by host, by cluster', async () => {
    const seen = async (scope: Partial<ResourceScope>) =>
      names((await door.call('vm.list', 'query', {}, shared, scopedTo(scope))).data);
    expect(await seen({ vms: [vmOther] })).toEqual(['theirs']);
    expect(await seen({ hosts: [hosts[0]!] })).toContain('mine');
    expect(await seen({ hosts: [hosts[0]!] })).not.toContain('theirs');
    expect(await seen({ clusters: [door.f.clusterId] })).toEqual(expect.arrayContaining(['mine', 'theirs']));
    expect(await seen({})).toEqual([]);
    const shown = await door.call('host.list', 'query', {}, shared, scopedTo({ hosts: [hosts[1]!] }));
    expect(names(shown.data)).toEqual(['h2']);
  });

  test('[IAM-22] what may be read but not done names the permission; outside it is not there', async () => {
    const actor = scopedTo({ vms: [vmMine] });
    expect((await door.call('vm.powerOff', 'mutation', { id: vmMine }, shared, actor)).code).toBe('permissionMissing');
    const reads: Permission[] = ['vm:read', 'vm:powerOff'];
    const both = {
      sub: other,
      scoped: scopedTo({ vms: [vmMine] }, reads).scoped,
      own: ['vm:read'] satisfies Permission[],
    };
    expect((await door.call('vm.powerOff', 'mutation', { id: vmOther }, shared, both)).code).toBe('permissionMissing');
    expect((await door.call('vm.powerOff', 'mutation', { id: newId() }, shared, both)).code).toBe('notFound');
    expect((await door.call('host.lock', 'mutation', { id: hosts[0]! }, shared, actor)).code).toBe('permissionMissing');
  });

  test('[IAM-22] makes VMs in its clusters only', async () => {
    const preview = (scope: Partial<ResourceScope>) =>
      door.call('vm.preview', 'query', { name: 'x' }, shared, scopedTo(scope, ['vm:create', 'vm:read']));
    expect((await preview({ vms: [vmMine] })).code).not.toBeNull();
    const [image] = await door.f.db.select().from(schema.images);
    const [network] = await door.f.db.select().from(schema.networks);
    const input = {
      name: 'scoped',
      imageId: image!.id,
      vcpu: 1,
      memory: 1024 ** 3,
      nics: [{ networkId: network!.id }],
      systemDisk: { size: 40 * 1024 ** 3 },
    };
    const create = (scope: Partial<ResourceScope>) =>
      door.call('vm.create', 'mutation', input, shared, scopedTo(scope, ['vm:create', 'vm:read']));
    expect((await create({ hosts: [hosts[0]!] })).code).toBe('permissionMissing');
    expect((await create({ clusters: [door.f.clusterId] })).code).toBeNull();
  });
});

describe('the decision', () => {
  const id = fc.uuid({ version: 7 });
  const facts: fc.Arbitrary<Facts> = fc.record({ ownerId: id, vmId: id, hostId: id, clusterId: id });

  test('[IAM-05] a permission that is given nowhere reaches nothing; one for all reaches everything', () => {
    fc.assert(
      fc.property(facts, id, (of, sub) => {
        const nobody = { sub: accountId.parse(sub), permissions: [], own: [], scoped: [] };
        expect(reaches(reachOf(nobody, 'vm:read'), of)).toBe(false);
        expect(reaches(reachOf({ ...nobody, permissions: '*' }, 'vm:read'), of)).toBe(true);
      }),
    );
  });

  test('[IAM-22] a scope reaches exactly what it names', () => {
    fc.assert(
      fc.property(facts, fc.array(id, { maxLength: 3 }), fc.array(id, { maxLength: 3 }), (of, clusters, vms) => {
        const scope = resourceScope.parse({ clusters, vms });
        const reach = reachOf(
          { sub: mine, permissions: [], own: [], scoped: [{ permissions: ['vm:read'], scope }] },
          'vm:read',
        );
        expect(reaches(reach, of)).toBe(clusters.includes(of.clusterId!) || vms.includes(of.vmId!));
        expect(reaches(reach, {})).toBe(false);
      }),
    );
  });
});
