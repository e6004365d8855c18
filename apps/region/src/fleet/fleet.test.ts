/** A region of simulated hosts with a fleet: as if the product had made it. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gib, type TaskId } from '@basalt/contract';
import { freePort } from '@basalt/service';
import { controlServe } from '../../../agent/src/sim/control.ts';
import { simTimingInstant } from '../../../agent/src/sim/sim-timing.ts';
import { Simulator } from '../../../agent/src/sim/simulator.ts';
import { cellHostsUse, cellImage, cellKey, cellNetwork, cellOpen, type TestCell } from '../../test/cell-fixture.ts';
import { actorOf } from '../../test/region-fixture.ts';
import { eventually } from '../../test/task-fixture.ts';
import type { Database } from '../store/database.ts';
import { findings, hosts, outbox, resourceEvents, vms } from '../store/schema/index.ts';
import { fleetMake, type FleetOrder } from './fleet.ts';
import { fleetDoor } from './fleet-stock.ts';

const key = cellKey;
const HOSTS = 20;
const VMS = 300;
const silent = { info: () => {}, warn: () => {}, error: () => {} };
let cell: TestCell;
let simulator: Simulator;
let control: Server;
let api: TestCell['api'];
let db: Database;
let order: FleetOrder;
let simulatorPort: number;

const door = () => fleetDoor(`http://127.0.0.1:${(control.address() as AddressInfo).port}/`);
const simulatorOf = () =>
  new Simulator({
    port: simulatorPort,
    stateDir: join(cell.directory, 'simulator'),
    timing: simTimingInstant,
    log: silent,
  });

beforeAll(async () => {
  cell = await cellOpen({ HOST_RESERVE_VCPU: 1, HOST_RESERVE_MEMORY: gib(1) });
  ({ api, db } = cell);
  simulatorPort = await freePort();
  simulator = simulatorOf();
  const names = Array.from({ length: HOSTS }, (_, n) => `sim-${n + 1}`);
  const tokens = await Promise.all(names.map((hostName) => api.host.createEnrolToken({ region: key, hostName })));
  await simulator.start(
    tokens.map(({ hostName, token, endpoint, caFingerprint }) => ({ hostName, token, endpoint, caFingerprint })),
  );
  control = await controlServe(simulator, 0);
  await cellHostsUse(cell, HOSTS);
  const networks = [
    await cellNetwork(cell, { name: 'prod', vlan: 101, cidr: '10.20.0.0/22', gateway: '10.20.0.1' }),
    await cellNetwork(cell, { name: 'rest', vlan: 102, cidr: '10.21.0.0/22', gateway: '10.21.0.1' }),
  ];
  const owner = { id: actorOf('*').sub, name: 'Tester' };
  order = { region: key, vms: VMS, image: await cellImage(cell), networks, owner };
}, 120_000);

afterAll(async () => {
  control.close();
  await simulator.close();
  await cell[Symbol.asyncDispose]();
}, 30_000);

/** Every reconciler has looked since now, and at all hosts. */
async function roundAwaited(): Promise<void> {
  const from = new Date();
  const names = ['hosts', 'ports', 'storage', 'images', 'diskUse'];
  const late = (): string[] => {
    const looked = cell.region.control.status.filter(({ ranAt }) => ranAt > from).map(({ name }) => name);
    return names.filter((name) => !looked.includes(name));
  };
  await eventually(
    () => {
      for (const name of late()) cell.region.control.nudge(name);
      return late();
    },
    (left) => left.length === 0,
    30_000,
  );
}

/** A new leader believes in a host when it has its facts. */
async function regionAgain(): Promise<void> {
  await cell.restart();
  await eventually(
    () => cell.region.control.leading,
    (leading) => leading,
    30_000,
  );
  await hostsHeard();
}

const hostsHeard = () =>
  eventually(
    () => api.host.list({ region: key, limit: 200 }),
    ({ items }) => items.length === HOSTS && items.every((host) => host.state === 'available' && host.connected),
    60_000,
  );

/** All that a reconciler could have changed of VMs, and what was told of them. */
const vmsNow = async () => ({
  rows: await db.execute(
    sql`select v.id, v.state, v.state_since, v.host_id, v.epoch, n.up from vms v join nics n on n.vm_id = v.id order by v.id`,
  ),
  disks: await db.execute(sql`select id, state from disks order by id`),
  events: (await db.select().from(resourceEvents).where(eq(resourceEvents.kind, 'vm'))).length,
  changes: (await db.select().from(outbox).where(eq(outbox.kind, 'vm'))).length,
  findings: await db.select().from(findings),
});

const seen = async () => {
  const { rows, disks, events, changes, findings: found } = await vmsNow();
  return { rows: rows.rows, disks: disks.rows, events, changes, found };
};

const done = (id: TaskId) =>
  eventually(
    () => api.task.get({ region: key, id }),
    (task) => task.finishedAt !== null,
    20_000,
  ).then((task) => expect([task.kind, task.state, task.error]).toEqual([task.kind, 'succeeded', null]));

test('[BYD-13] a fleet is as if the product had made it: reconcilers find nothing, also after a restart of everything', async () => {
  expect(await fleetMake(db, order, door())).toEqual({ made: VMS, stopped: expect.any(Number) as number });
  const made = await seen();
  expect(made.rows).toHaveLength(VMS);
  expect(made.events).toBe(0);
  expect(made.changes).toBe(1);
  const states = Map.groupBy(await db.select().from(vms), ({ state }) => state);
  expect([...states.keys()].toSorted()).toEqual(['paused', 'running', 'stopped']);
  expect(states.get('running')?.length).toBeGreaterThan(VMS * 0.7);

  await roundAwaited();
  await regionAgain();
  await roundAwaited();
  expect(await seen()).toEqual(made);
  // what hosts have is what the rows say
  const domains = simulator.hosts.flatMap(({ hypervisor }) => hypervisor.snapshot());
  expect(domains).toHaveLength(VMS);
  expect(domains.filter(({ state }) => state === 'running')).toHaveLength(states.get('running')?.length ?? 0);

  await simulator.close();
  simulator = simulatorOf();
  await simulator.start([]);
  control.close();
  control = await controlServe(simulator, 0);
  await hostsHeard();
  await regionAgain();
  await roundAwaited();
  expect(await seen()).toEqual(made);
}, 120_000);

/** Hosts that have given more than they promise, or whose sums are not those of their VMs. */
async function overPromised(): Promise<unknown[]> {
  const { rows } = await db.execute<{ name: string }>(sql`
    select h.name from hosts h join compute_clusters c on c.id = h.cluster_id
    left join (select host_id, sum(vcpu) vcpu, sum(memory) memory from host_allocations group by 1) a on a.host_id = h.id
    where h.allocated_vcpu <> coalesce(a.vcpu, 0) or h.allocated_memory <> coalesce(a.memory, 0)
      or h.allocated_vcpu > h.capacity_vcpu * c.cpu_overcommit / 100 - h.reserve_vcpu
      or h.allocated_memory > h.capacity_memory * c.memory_overcommit / 100 - h.reserve_memory`);
  return rows;
}

test('[BYD-13] a fleet never takes more of a host than it promises, and its sums are right', async () => {
  expect(await overPromised()).toEqual([]);
  const held = await db.execute<{ n: number }>(sql`
    select count(*)::int n from vms v left join host_allocations a on a.vm_id = v.id
    where (v.state in ('running', 'paused')) <> (a.vm_id is not null and a.host_id = v.host_id and a.vcpu = v.vcpu)`);
  expect(held.rows[0]?.n).toBe(0);
  const spread = (await api.host.list({ region: key, limit: 200 })).items.map((host) => host.vms);
  expect(Math.max(...spread) - Math.min(...spread)).toBeLessThanOrEqual(4);
});

test('[BYD-13] every action works on the VMs of a fleet', async () => {
  const one = async (state: string) => {
    const [row] = (await api.vm.list({ region: key, filter: { state: [state as 'running'] }, limit: 1 })).items;
    if (!row) throw new Error(`none is ${state}`);
    return row.id;
  };
  const running = await one('running');
  expect((await api.vm.console({ region: key, id: running, protocol: 'vnc' })).ticket).toBeTruthy();
  await api.vm.update({ region: key, id: running, name: 'renamed' });
  expect((await api.vm.list({ region: key, search: 'renamed' })).total).toBe(1);
  await done((await api.vm.pause({ region: key, id: running })).taskId);
  await done((await api.vm.resume({ region: key, id: running })).taskId);
  await done((await api.vm.reboot({ region: key, id: running })).taskId);
  await done((await api.vm.shutdown({ region: key, id: running, timeout: 30 })).taskId);
  await done((await api.vm.start({ region: key, id: running })).taskId);
  await done((await api.vm.powerOff({ region: key, id: running })).taskId);
  await done((await api.vm.delete({ region: key, id: running })).taskId);
  await done((await api.vm.destroy({ region: key, id: running })).taskId);
  await done((await api.vm.resume({ region: key, id: await one('paused') })).taskId);
  await done((await api.vm.start({ region: key, id: await one('stopped') })).taskId);
}, 60_000);

test('[BYD-13] a fleet is completed, never made twice: what was destroyed stays so', async () => {
  expect(await fleetMake(db, order, door())).toEqual({ made: 0, stopped: 0 });
  expect((await fleetMake(db, { ...order, vms: VMS + 10 }, door())).made).toBe(10);
  expect((await api.vm.list({ region: key })).total).toBe(VMS + 9);
});

test('[BYD-13] what full hosts have no room for is stopped; promises hold', async () => {
  const full = { ...order, vms: 1_500 };
  const { made, stopped } = await fleetMake(db, full, door());
  expect(made).toBe(1_500 - VMS - 10);
  expect(stopped).toBeGreaterThan(300);
  expect(await overPromised()).toEqual([]);
  expect(await fleetMake(db, full, door())).toEqual({ made: 0, stopped: 0 });
}, 60_000);

test('[BYD-13] a fleet is refused where a host is real', async () => {
  await db.update(hosts).set({ pathPrefix: '' }).where(eq(hosts.name, 'sim-1'));
  await expect(fleetMake(db, order, door())).rejects.toThrow('sim-1 is not simulated');
});
