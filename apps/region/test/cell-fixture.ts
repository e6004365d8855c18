/** A whole region as one process starts it, with simulated storage and network, for one test file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BasaltError, gib, regionKey, regionPaths, regionProcedures } from '@basalt/contract';
import type { ImageId, NetworkId } from '@basalt/contract';
import { clientBuild, type Client } from '@basalt/rpc';
import {
  assertionKeyLoadOrCreate,
  assertionSign,
  freePort,
  logger,
  mtlsAgent,
  newId,
  postgresForTest,
  rpcFetch,
} from '@basalt/service';
import { authorityOpen, gatewayIdentity } from '../src/authority.ts';
import type { RegionEnv } from '../src/env.ts';
import { regionStart, type Region } from '../src/region.ts';
import { databaseOpen, type Database } from '../src/store/database.ts';
import { images, storageClusters } from '../src/store/schema/index.ts';
import { actorOf } from './region-fixture.ts';
import { eventually } from './task-fixture.ts';

export const cellKey = regionKey.parse('lab');

export interface TestCell extends AsyncDisposable {
  /** Of the region's state; a test may keep its own things there too. */
  readonly directory: string;
  readonly port: number;
  /** The one that runs now. */
  readonly region: Region;
  /** As an actor who may do everything. */
  readonly api: Client<typeof regionProcedures>;
  readonly db: Database;
  restart(): Promise<void>;
}

export async function cellOpen(own: Partial<RegionEnv> = {}): Promise<TestCell> {
  const postgres = await postgresForTest();
  const directory = mkdtempSync(join(tmpdir(), 'basalt-cell-'));
  const signing = await assertionKeyLoadOrCreate(directory);
  const port = await freePort();
  const env: RegionEnv = {
    REGION_KEY: cellKey,
    REGION_NAME: 'Lab',
    DATABASE_URL: await postgres.database(),
    STATE_DIR: directory,
    LISTEN_HOST: '127.0.0.1',
    LISTEN_PORT: port,
    ADVERTISED_ENDPOINT: `https://127.0.0.1:${port}`,
    ASSERTION_PUBLIC_KEY: join(directory, 'assertion.pub'),
    DRIVERS: 'sim',
    OVN_NB: '',
    OVN_SB_REMOTE: 'tcp:127.0.0.1:6642',
    CEPH_CONF: '',
    CEPH_USER: 'client.basalt',
    CEPH_KEYRING: '',
    STORAGE_POOLS: [{ name: 'ssd', pool: 'ssd', media: 'ssd', replicas: 3, failureDomain: 'host' }],
    HOST_RESERVE_VCPU: 0,
    HOST_RESERVE_MEMORY: 0,
    CONSOLE_TICKET_SECONDS: 300,
    LOG_LEVEL: 'warn',
    PROCESS_NAME: 'test',
    ...own,
  };
  const start = () => regionStart(env, logger('region', 'silent'));
  let region = await start();
  const ca = await authorityOpen(directory, cellKey);
  const identity = await gatewayIdentity(ca, cellKey);
  const assertion = await assertionSign(signing, actorOf('*'));
  const agent = mtlsAgent({ own: identity, ca: ca.certificate, expected: `basalt://region/${cellKey}/region` });
  const db = databaseOpen({ url: env.DATABASE_URL, connections: 4 });
  return {
    directory,
    port,
    db,
    get region() {
      return region;
    },
    api: clientBuild(regionProcedures, {
      url: `https://127.0.0.1:${port}${regionPaths.rpc}`,
      fetch: rpcFetch(agent),
      headers: () => ({ authorization: `Bearer ${assertion}` }),
      unreachable: (_timedOut, _seconds, cause) => new BasaltError('unavailable', {}, { cause }),
    }),
    async restart() {
      await region.stop();
      region = await start();
    },
    async [Symbol.asyncDispose]() {
      await db.$client.end();
      await region.stop();
      await postgres[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Waits until so many hosts have joined and are heard, and puts them to use. */
export async function cellHostsUse({ api }: TestCell, hosts: number): Promise<void> {
  const joined = await eventually(
    () => api.host.list({ region: cellKey, limit: 200 }),
    ({ items }) => items.length === hosts && items.every((host) => host.state === 'locked' && host.connected),
    60_000,
  );
  for (const { id } of joined.items) await api.host.unlock({ region: cellKey, id });
}

/** The row of a small image, as an upload leaves it. */
export async function cellImage({ db }: TestCell): Promise<ImageId> {
  const [storage] = await eventually(
    () => db.select().from(storageClusters),
    ([first]) => first !== undefined && first.totalBytes !== null,
  );
  const id = newId<ImageId>();
  await db.insert(images).values({
    id,
    name: 'tiny',
    format: 'qcow2',
    state: 'available',
    osFamily: 'linux',
    architecture: 'x86_64',
    firmware: 'bios',
    guestAgent: true,
    cloudInit: true,
    defaultUser: 'root',
    storageClusterId: storage?.id ?? newId(),
    rbdImage: `image-${id}`,
    fileSize: 1024,
    virtualSize: gib(1),
    ownerId: actorOf('*').sub,
  });
  return id;
}

/** A network on the first uplink. */
export async function cellNetwork(
  { api }: TestCell,
  {
    name,
    vlan,
    ...subnet
  }: { readonly name: string; readonly vlan: number; readonly cidr: string; readonly gateway: string },
): Promise<NetworkId> {
  const { items } = await api.network.uplinks({ region: cellKey });
  const { id } = await api.network.create({ region: cellKey, name, uplink: items[0]?.name ?? '', vlan, subnet });
  await eventually(
    () => api.network.get({ region: cellKey, id }),
    ({ state }) => state === 'available',
  );
  return id;
}
