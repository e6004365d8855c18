import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { desc, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AccountId, HostId, ImageId, VmId, VmState } from '@basalt/contract';
import type { DomainFacts, DomainSpec } from '@basalt/contract/agent/schemas';
import { newId } from '@basalt/service';
import { actor, eventually, fixture, type Fixture } from '../../test/task-fixture.ts';
import { imageInsert } from '../store/image.ts';
import {
  findings,
  hosts,
  images,
  imageUploads,
  nics,
  outbox,
  resourceEvents,
  serviceHealths,
  storageClusters,
} from '../store/schema/index.ts';
import { transact } from '../store/transact.ts';
import { vmReboot } from '../tasks/vm-reboot.ts';
import { leaseTake } from '../workflow/lease.ts';
import { taskEnqueue } from '../workflow/task-enqueue.ts';
import { taskRegistry } from '../workflow/task-registry.ts';
import { hostIsLost, hostSync } from './host-sync.ts';
import { hostWatch } from './host-watch.ts';
import { uploadsReconciler } from './housekeeping.ts';
import { metricsCollect } from './metrics-collect.ts';
import { portsReconciler } from './ports.ts';
import { reconcilerContext, reconcilersRun, type ReconcilerContext } from './reconciler.ts';
import { storageReconciler } from './storage.ts';

let region: Fixture;
let ctx: ReconcilerContext;
const stop = new AbortController();
beforeAll(async () => {
  region = await fixture();
  const lease = await leaseTake(region.db, 'leader', 'test', 600_000);
  if (!lease) throw new Error('no lease');
  ctx = reconcilerContext(region.services, lease, stop.signal);
}, 60_000);
afterAll(async () => {
  stop.abort();
  await region[Symbol.asyncDispose]();
});
beforeEach(() => {
  for (const host of region.hosts) host.domains.clear();
});

const first = () => {
  const [host] = region.hosts;
  if (!host) throw new Error('no host');
  return host;
};

async function vmWith(state: VmState, domain: DomainFacts['state'] | null, running = true): Promise<VmId> {
  const id = await transact(region.db, (work) => region.vmRows(work, state, { running }));
  if (domain)
    first().domains.set(id, {
      facts: {
        vmId: id,
        name: `vm-${id}`,
        uuid: id,
        foreign: false,
        state: domain,
        reason: 'booted',
        epoch: 1,
        startedAt: null,
      },
      spec: {} as DomainSpec,
    });
  return id;
}
const lastEvent = async (id: string) => {
  const [row] = await region.db
    .select()
    .from(resourceEvents)
    .where(eq(resourceEvents.resourceId, id))
    .orderBy(desc(resourceEvents.id))
    .limit(1);
  return row?.type;
};
const host = async () => {
  const [row] = await region.db.select().from(hosts).where(eq(hosts.id, first().id));
  if (!row) throw new Error('no host');
  return row;
};

test.each<[string, DomainFacts['state'], string, VmState, string, boolean]>([
  ['powers itself off', 'shutoff', 'shutdown', 'stopped', 'vm.guestPoweredOff', false],
  ['crashes', 'shutoff', 'crashed', 'stopped', 'vm.crashed', false],
  ['is paused by an I/O error', 'paused', 'ioerror', 'paused', 'vm.ioError', true],
])('[VM-05] a guest that %s is shown so within two seconds', async (_, domain, reason, state, event, holds) => {
  const id = await vmWith('running', 'running');
  const run = new AbortController();
  reconcilersRun([hostWatch()], region.services, ctx.lease, run.signal);
  await eventually(
    () => first().listeners.size,
    (n) => n > 0,
  );
  const at = Date.now();
  await first().emit(id, domain, reason, 'lifecycle');
  await eventually(
    () => region.vm(id),
    (vm) => vm.state === state,
  );
  expect(Date.now() - at).toBeLessThan(2_000);
  expect(await lastEvent(id)).toBe(event);
  expect(await region.allocated(id)).toBe(holds);
  expect((await host()).eventSequence).toBe(first().sequence);
  run.abort();
});

test('[VM-05] a report of a former placement, or for a VM with a task at work, changes nothing', async () => {
  const old = await vmWith('running', 'shutoff');
  const domain = first().domains.get(old);
  if (domain) domain.facts = { ...domain.facts, epoch: 0 };
  const busy = await vmWith('rebooting', 'shutoff');
  await transact(region.db, (work) =>
    taskEnqueue(taskRegistry([vmReboot]), work, {
      kind: 'vm.reboot',
      target: { kind: 'vm', id: busy, name: 'busy' },
      input: { vmId: busy },
      actor,
      locale: 'en-US',
    }),
  );
  await hostSync(ctx, first().id);
  expect((await region.vm(old)).state).toBe('running');
  expect((await region.vm(busy)).state).toBe('rebooting');
});

test('[HA-01] a host that is lost leaves its VMs unknown; when it is back they are as it reports', async () => {
  const up = await vmWith('running', 'running');
  const off = await vmWith('running', 'shutoff');
  await ctx.transact((work) => hostIsLost(work, first().id));
  expect(await host()).toMatchObject({ state: 'unreachable' });
  expect((await region.vm(up)).state).toBe('unknown');
  expect(await region.allocated(up)).toBe(true);
  await hostSync(ctx, first().id);
  expect(await host()).toMatchObject({ state: 'available', reason: null });
  expect((await region.vm(up)).state).toBe('running');
  expect((await region.vm(off)).state).toBe('stopped');
  expect(await region.allocated(off)).toBe(false);
});

test('[HOST-01] a host that booted anew has no guests: they are stopped, and both are told', async () => {
  const id = await vmWith('running', 'shutoff');
  const gone = await vmWith('running', null);
  first().bootId = `boot-${Date.now()}`;
  // a state that began after the facts were asked for is not judged by them
  await eventually(
    () => hostSync(ctx, first().id).then(() => region.vm(gone)),
    (vm) => vm.state === 'stopped',
  );
  expect((await region.vm(id)).state).toBe('stopped');
  expect(await lastEvent(gone)).toBe('vm.domainGone');
  const events = await region.db.select().from(resourceEvents).where(eq(resourceEvents.resourceId, first().id));
  expect(events.map((e) => e.type)).toContain('host.rebooted');
});

test('[HOST-01] facts that say nothing new are neither written nor told; what anybody could see is', async () => {
  const memory = {};
  const id = await vmWith('running', 'running');
  const told = async () =>
    (await region.db.select().from(outbox).where(eq(outbox.resourceId, first().id))).map((row) => row.sequence);
  await hostSync(ctx, first().id, memory);
  const before = await told();
  first().use = { ...first().use, cpu: first().use.cpu + 0.001 };
  expect(await hostSync(ctx, first().id, memory)).toEqual({ quiet: first().sequence, changed: 0 });
  expect(await told()).toEqual(before);

  first().use = { ...first().use, cpu: first().use.cpu + 0.2 };
  expect(await hostSync(ctx, first().id, memory)).toMatchObject({ quiet: null });
  expect(await told()).toHaveLength(before.length + 1);
  expect((await host()).cpuUse).toBe(first().use.cpu);
  first().foreign('a-stranger');
  expect(await hostSync(ctx, first().id, memory)).toMatchObject({ quiet: null });
  // what its guests do is seen all the same
  first().domains.clear();
  await hostSync(ctx, first().id, memory);
  await eventually(
    () => hostSync(ctx, first().id, memory).then(() => region.vm(id)),
    (vm) => vm.state === 'stopped',
  );
  expect(await hostSync(ctx, first().id, memory)).toEqual({ quiet: first().sequence, changed: 0 });
  await ctx.transact((work) => hostIsLost(work, first().id));
  expect(await hostSync(ctx, first().id, memory)).toMatchObject({ quiet: null });
  expect(await host()).toMatchObject({ state: 'available' });
});

test('[HOST-01] hosts that all start anew at once are asked in turn, and what they are heard by is written for all together', async () => {
  const sequences = () =>
    region.db.select({ id: hosts.id, sequence: hosts.eventSequence, seen: hosts.seenAt }).from(hosts);
  const run = new AbortController();
  const row = await host();
  const many = Array.from({ length: 40 }, (_, n) => region.world.host(newId<HostId>(), `many-${n}`));
  await region.db.insert(hosts).values(many.map(({ id, name }) => ({ ...row, id, name })));
  let asking = 0;
  let most = 0;
  let asked = 0;
  const slow = async (name: string) => {
    if (name !== 'host.facts') return;
    asked += 1;
    most = Math.max(most, (asking += 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    asking -= 1;
  };
  const watch = hostWatch();
  const runs = { ...ctx, signal: run.signal };
  try {
    await watch.run(runs);
    const before = new Map((await sequences()).map(({ id, seen }) => [id, seen]));
    for (const one of many) {
      one.fault = slow;
      one.sequence += 1_000;
    }
    // told twice while it waits: asked once more, not twice
    await Promise.all(many.flatMap((one) => [one.tell({ type: 'resync' }), one.tell({ type: 'resync' })]));
    await watch.run(runs);
    const after = new Map((await sequences()).map((one) => [one.id, one]));
    for (const { id, sequence } of many) {
      expect(after.get(id)?.sequence).toBe(sequence);
      expect(after.get(id)?.seen?.getTime()).toBeGreaterThan(before.get(id)?.getTime() ?? 0);
    }
    expect(asked).toBeLessThanOrEqual(many.length * 2);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(many.length / 2);
  } finally {
    run.abort();
    for (const { id } of many) region.world.hosts.delete(id);
    await region.db.delete(hosts).where(
      inArray(
        hosts.id,
        many.map(({ id }) => id),
      ),
    );
  }
});

test('[VM-25] domains nobody wants and foreign ones are reported and not touched', async () => {
  first().foreign('somebody-elses');
  const stray = newId<VmId>();
  first().domains.set(stray, {
    facts: {
      vmId: stray,
      name: `vm-${stray}`,
      uuid: stray,
      foreign: false,
      state: 'running',
      reason: 'booted',
      epoch: 1,
      startedAt: null,
    },
    spec: {} as DomainSpec,
  });
  await hostSync(ctx, first().id);
  const found = await region.db.select().from(findings).where(eq(findings.key, 'orphans'));
  expect(found.map((f) => f.resourceName).toSorted()).toEqual(['somebody-elses', `vm-${stray}`].toSorted());
  expect(first().domains.size).toBe(2);
  first().domains.clear();
  await hostSync(ctx, first().id);
  expect(await region.db.select().from(findings).where(eq(findings.key, 'orphans'))).toEqual([]);
});

test('[NET-03] a port that is missing is made again; one that nobody wants is reported', async () => {
  const id = await vmWith('stopped', null, false);
  const [nic] = await region.db.select().from(nics).where(eq(nics.vmId, id));
  if (!nic) throw new Error('no nic');
  const orphan = newId<typeof nic.id>();
  await region.network.portEnsure({
    id: orphan,
    networkId: region.networkId,
    mac: '52:54:00:ff:ff:01',
    address: '10.9.200.1',
    dhcp: false,
  });
  await portsReconciler.run(ctx);
  expect(region.network.ports.get(nic.id)).toMatchObject({ mac: nic.mac, address: nic.address, dhcp: true });
  const found = await region.db
    .select()
    .from(findings)
    .where(eq(findings.resourceId, `network/${orphan}`));
  expect(found).toHaveLength(1);
  expect(region.network.ports.has(orphan)).toBe(true);
  await region.network.portRemove(orphan);
  await region.network.networkRemove(region.networkId);
  await portsReconciler.run(ctx);
  expect(region.network.networks.has(region.networkId)).toBe(true);
  expect(
    await region.db
      .select()
      .from(findings)
      .where(eq(findings.resourceId, `network/${orphan}`)),
  ).toEqual([]);
});

test('[CLU-04] pools show their capacity and health', async () => {
  await storageReconciler.run(ctx);
  const [pool] = await region.db.select().from(storageClusters);
  expect(pool).toMatchObject({ health: 'healthy', osds: 3 });
  expect(pool?.totalBytes).toBeGreaterThan(0);
  const [ceph] = await region.db.select().from(serviceHealths).where(eq(serviceHealths.key, 'ceph'));
  expect(ceph?.health).toBe('healthy');
});

test('[IMG-02] an upload nobody goes on with is given up after a day, file and all', async () => {
  const id = newId<ImageId>();
  const file = join('uploads', `${id}`);
  mkdirSync(join(region.stateDirectory, 'uploads'), { recursive: true });
  writeFileSync(join(region.stateDirectory, file), 'part');
  await transact(region.db, async (work) => {
    await imageInsert(
      work.tx,
      {
        id,
        name: 'half',
        format: 'raw',
        state: 'uploading',
        osFamily: 'linux',
        architecture: 'x86_64',
        firmware: 'bios',
        guestAgent: true,
        cloudInit: true,
        defaultUser: 'root',
        storageClusterId: region.storageClusterId,
        rbdImage: `image-${id}`,
        fileSize: 10,
        ownerId: newId<AccountId>(),
      },
      file,
    );
    await work.tx
      .update(imageUploads)
      .set({ updatedAt: new Date(Date.now() - 25 * 3_600_000) })
      .where(eq(imageUploads.imageId, id));
  });
  expect(await uploadsReconciler.run(ctx)).toEqual({ abandoned: 1 });
  const [image] = await region.db.select().from(images).where(eq(images.id, id));
  expect(image?.state).toBe('error');
  expect(existsSync(join(region.stateDirectory, file))).toBe(false);
});

test('[MON-03] metrics of every host are carried to the engine with its name', async () => {
  const got: { url: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      got.push({ url: request.url ?? '', body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(await metricsCollect({ url, region: 'r1' }).run(ctx)).toEqual({ pushed: 3, refused: 0 });
  server.close();
  expect(
    got
      .map((g) => new URL(g.url, url).searchParams.getAll('extra_label')[1] ?? '')
      .toSorted((a, b) => a.localeCompare(b)),
  ).toEqual(['host=host1', 'host=host2', 'host=host3']);
  expect(got[0]?.body).toContain('basalt_fake');
});
