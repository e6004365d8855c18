/** A region's domain on a fresh database: no engines, tasks only written down, hosts and an image put in as rows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accountId,
  type ActorAssertion,
  type ClusterId,
  type HostId,
  type ImageId,
  type NetworkId,
  type Permission,
  type RegionKey,
  regionKey,
  type StorageClusterId,
  type SubnetId,
  vmCreateInput,
  type VmCreateInput,
} from '@basalt/contract';
import { caCreate, logger, newId, postgresForTest, sealer } from '@basalt/service';
import type { Context, RegionServices } from '../src/domain/context.ts';
import { regionSeed } from '../src/domain/seed.ts';
import { dhcpServerChoose } from '../src/ipam/range.ts';
import { databaseMigrate, databaseOpen, type Database } from '../src/store/database.ts';
import * as schema from '../src/store/schema/index.ts';
import { taskInsert } from '../src/store/task.ts';
import { VmCountCache } from '../src/store/vm-page.ts';

export const GIB = 1024 ** 3;
export const KEY: RegionKey = regionKey.parse('lab');

export interface Fixture extends AsyncDisposable {
  readonly url: string;
  readonly db: Database;
  readonly services: RegionServices;
  readonly stateDirectory: string;
  context(permissions?: '*' | Permission[], account?: string): Context;
  hostAdd(name: string, more?: Partial<typeof schema.hosts.$inferInsert>): Promise<HostId>;
  imageAdd(name?: string): Promise<ImageId>;
  networkAdd(cidr: string | null, more?: { vlan?: number; gateway?: string | null }): Promise<NetworkId>;
  readonly clusterId: ClusterId;
  readonly storageId: StorageClusterId;
}

const account = accountId.parse('018f0000-0000-7000-8000-0000000000aa');

export function actorOf(permissions: '*' | Permission[] = '*', sub = account as string): ActorAssertion {
  return {
    sub: accountId.parse(sub),
    name: 'Tester',
    email: 'tester@example.com',
    aud: KEY,
    permissions,
    own: [],
    scoped: [],
    via: 'console',
    apiKeyId: null,
    address: '192.0.2.1',
    client: 'test',
    locale: 'en-US',
    requestId: 'request-1',
  };
}

export async function fixtureOpen(): Promise<Fixture> {
  const postgres = await postgresForTest();
  const url = await postgres.database();
  await databaseMigrate(url);
  const db = databaseOpen({ url, connections: 40 });
  await regionSeed(db, [{ name: 'ssd', pool: 'ssd', media: 'ssd', replicas: 3, failureDomain: 'host' }]);
  const [cluster] = await db.select().from(schema.computeClusters);
  const [storage] = await db.select().from(schema.storageClusters);
  if (!cluster || !storage) throw new Error('nothing was seeded');
  const stateDirectory = mkdtempSync(join(tmpdir(), 'basalt-region-'));
  const services: RegionServices = {
    db,
    log: logger('test', 'silent'),
    region: { key: KEY, name: 'Lab', version: '0.0.0' },
    tasks: {
      enqueue: (work, order) =>
        taskInsert(work, { ...order, input: { ...order.input }, cancellable: true, deadline: 600, steps: ['one'] }),
      cancel: async (work, id) => work.changed('task', id),
      retry: async (work, id) => work.changed('task', id),
    },
    agents: { screenshot: async () => ({ png: null, at: new Date().toISOString() }) },
    ca: await caCreate('test'),
    seal: sealer(Buffer.alloc(32, 7)),
    stateDirectory,
    endpoint: 'https://127.0.0.1:7443',
    reserve: { vcpu: 0, memory: 0 },
    consoleTicketSeconds: 300,
    vmCounts: new VmCountCache(),
  };
  let vlans = 100;
  return {
    url,
    db,
    services,
    stateDirectory,
    clusterId: cluster.id,
    storageId: storage.id,
    context: (permissions, sub) => ({
      services,
      actor: actorOf(permissions, sub),
      locale: 'en-US',
      requestId: 'request-1',
    }),
    async hostAdd(name, more = {}) {
      const id = newId<HostId>();
      await db.insert(schema.hosts).values({
        id,
        name,
        clusterId: cluster.id,
        address: '10.0.0.1',
        port: 7444,
        state: 'available',
        connectedUnder: 0,
        virtualisation: 'kvm',
        providerNetworks: ['physnet'],
        capacityVcpu: 16,
        capacityMemory: 32 * GIB,
        ...more,
      });
      return id;
    },
    async imageAdd(name = 'debian') {
      const id = newId<ImageId>();
      await db.insert(schema.images).values({
        id,
        name,
        format: 'qcow2',
        state: 'available',
        osFamily: 'linux',
        architecture: 'x86_64',
        firmware: 'bios',
        guestAgent: true,
        cloudInit: true,
        defaultUser: 'debian',
        storageClusterId: storage.id,
        rbdImage: `image-${id}`,
        fileSize: 1000,
        virtualSize: 2 * GIB,
        ownerId: account,
      });
      return id;
    },
    async networkAdd(cidr, more = {}) {
      const id = newId<NetworkId>();
      vlans += 1;
      await db.insert(schema.networks).values({
        id,
        name: `net-${vlans}`,
        uplink: 'physnet',
        vlan: more.vlan ?? vlans,
        mtu: 1500,
        state: 'available',
      });
      if (cidr) {
        const subnet = { cidr, gateway: more.gateway ?? null, excluded: [] };
        await db.insert(schema.subnets).values({
          ...subnet,
          id: newId<SubnetId>(),
          networkId: id,
          dns: [],
          dhcp: true,
          dhcpServer: dhcpServerChoose(subnet) ?? '',
          leaseTime: 86_400,
          routes: [],
        });
      }
      return id;
    },
    async [Symbol.asyncDispose]() {
      await db.$client.end();
      await postgres[Symbol.asyncDispose]();
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}

/** A creation by the contract's own defaults. */
export const vmInput = (more: {
  name: string;
  imageId: ImageId;
  networkId: NetworkId;
  vcpu?: number;
  memory?: number;
  [key: string]: unknown;
}): VmCreateInput => {
  const { networkId, ...rest } = more;
  return vmCreateInput.parse({ region: KEY, vcpu: 1, memory: GIB, nics: [{ networkId }], ...rest });
};
