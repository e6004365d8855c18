/** A region of its own for a test file: real PostgreSQL and engine, everything outside in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import {
  gib,
  type AccountId,
  type ClusterId,
  type DiskId,
  type HostId,
  type ImageId,
  type NetworkId,
  type NicId,
  type StorageClusterId,
  type SubnetId,
  type TaskId,
  type VmId,
  type VmState,
} from '@basalt/contract';
import { logger, newId, postgresForTest } from '@basalt/service';
import { allocationsTake } from '../src/store/allocation.ts';
import { addressTake } from '../src/store/address.ts';
import { databaseMigrate, databaseOpen, type Database } from '../src/store/database.ts';
import {
  addresses,
  computeClusters,
  disks,
  hostAllocations,
  hosts,
  images,
  imageUploads,
  networks,
  nics,
  storageClusters,
  subnets,
  tasks,
  taskSteps,
  vms,
  type TaskActor,
} from '../src/store/schema/index.ts';
import { transact, type Work } from '../src/store/transact.ts';
import { vmInsert } from '../src/store/vm.ts';
import { simNetworkDriver, type SimNetwork } from '../src/drivers/network/sim-network-driver.ts';
import { simStorageDriver, type SimStorage } from '../src/drivers/storage/sim-storage-driver.ts';
import type { Services } from '../src/workflow/services.ts';
import { FakeWorld, type FakeHost } from './fake-agent.ts';

export const actor: TaskActor = { id: 'system', name: 'test', address: null };
export const pool = 'ssd';

export interface Fixture extends AsyncDisposable {
  readonly url: string;
  readonly db: Database;
  readonly world: FakeWorld;
  readonly network: SimNetwork;
  readonly storage: SimStorage;
  readonly services: Services;
  readonly hosts: readonly FakeHost[];
  readonly clusterId: ClusterId;
  readonly storageClusterId: StorageClusterId;
  readonly imageId: ImageId;
  readonly networkId: NetworkId;
  readonly stateDirectory: string;
  /** A VM's rows as the domain makes them: placed on the first host, room and address taken. */
  vmRows(work: Work, state: VmState, options?: { readonly running?: boolean; readonly name?: string }): Promise<VmId>;
  vm(id: VmId): Promise<typeof vms.$inferSelect>;
  taskRow(id: TaskId): Promise<typeof tasks.$inferSelect>;
  steps(id: TaskId): Promise<(typeof taskSteps.$inferSelect)[]>;
  allocated(id: VmId): Promise<boolean>;
}

/** Asks until the answer satisfies, at most `ms`. */
export async function eventually<T>(ask: () => Promise<T> | T, good: (value: T) => boolean, ms = 10_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (good(value)) return value;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)?.slice(0, 400)} after ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function fixture({ hostCount = 3 } = {}): Promise<Fixture> {
  const postgres = await postgresForTest();
  const url = await postgres.database();
  await databaseMigrate(url);
  const db = databaseOpen({ url });
  const world = new FakeWorld();
  const network = simNetworkDriver();
  const storage = simStorageDriver();
  const stateDirectory = mkdtempSync(join(tmpdir(), 'basalt-region-'));
  const services: Services = {
    db,
    agents: world.driver(),
    network,
    storage,
    settings: {
      storageAccess: () =>
        Promise.resolve({
          fsid: '00000000-0000-4000-8000-000000000001',
          monHosts: ['10.0.0.1'],
          user: 'basalt',
          key: 'secret',
          secretId: '00000000-0000-4000-8000-000000000002',
        }),
      ovnRemote: 'tcp:127.0.0.1:6642',
      unseal: (sealed) => sealed,
      stateDirectory,
    },
    log: logger('test', 'silent'),
  };
  const clusterId = newId<ClusterId>();
  const storageClusterId = newId<StorageClusterId>();
  const imageId = newId<ImageId>();
  const networkId = newId<NetworkId>();
  const subnetId = newId<SubnetId>();
  const ownerId = newId<AccountId>();
  await db.insert(computeClusters).values({ id: clusterId, name: 'compute', isDefault: true });
  await db.insert(storageClusters).values({
    id: storageClusterId,
    name: 'ssd',
    pool,
    media: 'ssd',
    replicas: 3,
    failureDomain: 'host',
    isDefault: true,
    totalBytes: gib(1000),
    usedBytes: 0,
  });
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
    storageClusterId,
    rbdImage: `image-${imageId}`,
    fileSize: 1024,
    virtualSize: gib(1),
    ownerId,
  });
  world.images.set(`${pool}/image-${imageId}`, gib(1));
  await db
    .insert(networks)
    .values({ id: networkId, name: 'flat', uplink: 'physnet1', vlan: 100, mtu: 1500, state: 'available' });
  await db.insert(subnets).values({
    id: subnetId,
    networkId,
    cidr: '10.9.0.0/16',
    gateway: '10.9.0.1',
    dns: [],
    excluded: [],
    dhcp: true,
    dhcpServer: '10.9.0.1',
    leaseTime: 3600,
    routes: [],
  });
  await network.networkEnsure({
    id: networkId,
    name: 'flat',
    uplink: 'physnet1',
    vlan: 100,
    mtu: 1500,
    subnet: {
      cidr: '10.9.0.0/16',
      gateway: '10.9.0.1',
      dns: [],
      dhcp: true,
      dhcpServer: '10.9.0.1',
      leaseTime: 3600,
      routes: [],
    },
  });
  const made: FakeHost[] = [];
  for (let n = 1; n <= hostCount; n += 1) {
    const id = newId<HostId>();
    await db.insert(hosts).values({
      id,
      name: `host${n}`,
      clusterId,
      address: '127.0.0.1',
      port: 7000 + n,
      state: 'available',
      seenAt: new Date(),
      connectedUnder: 0,
      providerNetworks: ['physnet1'],
      capacityVcpu: 512,
      capacityMemory: gib(2048),
      bootId: 'boot-1',
    });
    made.push(world.host(id, `host${n}`));
  }
  let count = 0;

  return {
    url,
    db,
    world,
    network,
    storage,
    services,
    hosts: made,
    clusterId,
    storageClusterId,
    imageId,
    networkId,
    stateDirectory,
    async vmRows(work, state, { running = true, name } = {}) {
      count += 1;
      const id = newId<VmId>();
      const nicId = newId<NicId>();
      const diskId = newId<DiskId>();
      const host = made[0];
      if (!host) throw new Error('no host');
      const address = `10.9.${Math.floor(count / 250) + 1}.${(count % 250) + 1}`;
      await vmInsert(
        work.tx,
        {
          id,
          name: name ?? `vm-${count}`,
          state,
          desiredPower: running ? 'on' : 'off',
          clusterId,
          hostId: host.id,
          epoch: 1,
          imageId,
          vcpu: 2,
          memory: gib(2),
          firmware: 'bios',
          cpuMode: 'custom',
          osFamily: 'linux',
          hostName: `vm-${count}`,
          cloudInit: true,
          defaultUser: 'root',
          ownerId,
          ownerName: 'test',
        },
        {
          disks: [
            {
              id: diskId,
              vmId: id,
              name: 'system',
              role: 'system',
              index: 0,
              size: gib(10),
              state: state === 'creating' ? 'creating' : 'attached',
              storageClusterId,
              rbdImage: `disk-${diskId}`,
              imageId,
            },
          ],
          nics: [
            {
              id: nicId,
              vmId: id,
              index: 0,
              networkId,
              subnetId,
              address,
              model: 'virtio',
              mac: `52:54:00:00:${(count >> 8).toString(16).padStart(2, '0')}:${(count & 255).toString(16).padStart(2, '0')}`,
            },
          ],
        },
      );
      await addressTake(work.tx, subnetId, address, { nicId, vmId: id });
      if (running) await allocationsTake(work.tx, [{ vmId: id, hostId: host.id, vcpu: 2, memory: gib(2) }]);
      work.changed('vm', id, 'created');
      return id;
    },
    async vm(id) {
      const [row] = await db.select().from(vms).where(eq(vms.id, id));
      if (!row) throw new Error(`no VM ${id}`);
      return row;
    },
    async taskRow(id) {
      const [row] = await db.select().from(tasks).where(eq(tasks.id, id));
      if (!row) throw new Error(`no task ${id}`);
      return row;
    },
    steps: (id) => db.select().from(taskSteps).where(eq(taskSteps.taskId, id)).orderBy(taskSteps.index),
    async allocated(id) {
      const rows = await db.select().from(hostAllocations).where(eq(hostAllocations.vmId, id));
      return rows.length > 0;
    },
    async [Symbol.asyncDispose]() {
      await db.$client.end();
      await postgres[Symbol.asyncDispose]();
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}

/** What the sums on hosts say and what the allocations add up to. */
export async function allocationDifference(db: Database): Promise<number> {
  const [row] = await db
    .execute<{ n: number }>(sql`
    select count(*)::int as n from ${hosts} h
    left join (select host_id, sum(vcpu) v, sum(memory) m from ${hostAllocations} group by host_id) a on a.host_id = h.id
    where h.allocated_vcpu <> coalesce(a.v, 0) or h.allocated_memory <> coalesce(a.m, 0)`)
    .then((r) => r.rows);
  return row?.n ?? -1;
}
export { addresses, disks, imageUploads, nics, transact };
