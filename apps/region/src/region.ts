/** One region process put together: store, domain, tasks, reconcilers, door. `main.ts` gives it the environment. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:https';
import { CephClient } from '@basalt/ceph';
import type { HostId } from '@basalt/contract';
import { Gauge, metricsRegistry, metricsServe, mtlsClientOptions, sealerOpen, type Logger } from '@basalt/service';
import { authorityOpen, regionIdentity } from './authority.ts';
import { cephAccessRead, cephAccessSim, cephUserName } from './ceph-access.ts';
import type { RegionServices } from './domain/context.ts';
import { existing } from './domain/refusal.ts';
import { regionSeed } from './domain/seed.ts';
import { httpsAgentDriver } from './drivers/agent/https-agent-driver.ts';
import { ovnNetworkDriver } from './drivers/network/ovn-network-driver.ts';
import { simNetworkKept, simNetworkTables } from './drivers/network/sim-network-kept.ts';
import { cephStorageDriver } from './drivers/storage/ceph-storage-driver.ts';
import { simStorageDriver } from './drivers/storage/sim-storage-driver.ts';
import { ownAddresses, type RegionEnv } from './env.ts';
import { controlStart, type Control } from './reconcilers/control.ts';
import { actorCheckOpen } from './server/actor.ts';
import { consoleDoor } from './server/console-door.ts';
import { liveHubStart } from './server/live-hub.ts';
import { serverOpen } from './server/server.ts';
import { databaseMigrate, databaseOpen } from './store/database.ts';
import { historyTrim, serviceHealthAll } from './store/event.ts';
import { hostById } from './store/host.ts';
import { VmCountCache } from './store/vm-page.ts';
import { taskCancel, taskEnqueue, taskRetry } from './tasks/index.ts';

const TRIM_MS = 3_600_000;

export const regionVersion = (): string => {
  const text: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof text === 'object' && text !== null && 'version' in text ? String(text.version) : '0.0.0';
};

export interface Region {
  readonly server: Server;
  readonly control: Control;
  stop(): Promise<void>;
}

export async function regionStart(env: RegionEnv, log: Logger): Promise<Region> {
  const key = env.REGION_KEY;
  const stateDirectory = isAbsolute(env.STATE_DIR) ? env.STATE_DIR : join(process.cwd(), env.STATE_DIR);
  const ca = await authorityOpen(stateDirectory, key);
  const own = await regionIdentity(ca, key, ownAddresses());
  const seal = sealerOpen(stateDirectory);
  await databaseMigrate(env.DATABASE_URL);
  const db = databaseOpen({
    url: env.DATABASE_URL,
    onError: (error) => log.warn({ error }, 'an idle database connection broke'),
  });
  await regionSeed(db, env.STORAGE_POOLS);

  const real = env.DRIVERS === 'real';
  if (!real) await simNetworkTables(db);
  const identity = (id: HostId): string => `basalt://region/${key}/host/${id}`;
  const agents = httpsAgentDriver({ own, ca: ca.certificate, identity });
  const network = real
    ? ovnNetworkDriver({ endpoints: env.OVN_NB.split(','), southbound: env.OVN_SB_REMOTE.split(','), owner: key })
    : simNetworkKept(db);
  const ceph = { conf: env.CEPH_CONF, user: cephUserName(env.CEPH_USER), keyring: env.CEPH_KEYRING };
  const storage = real ? cephStorageDriver(new CephClient(ceph)) : simStorageDriver();

  const services: RegionServices = {
    db,
    log,
    region: { key, name: env.REGION_NAME, version: regionVersion() },
    tasks: { enqueue: taskEnqueue, cancel: taskCancel, retry: taskRetry },
    agents: {
      async screenshot(hostId, vmId) {
        const host = existing(await hostById(db, hostId), 'host');
        return agents.client(host).domain.screenshot({ vmId });
      },
    },
    ca,
    seal,
    stateDirectory,
    endpoint: env.ADVERTISED_ENDPOINT,
    reserve: { vcpu: env.HOST_RESERVE_VCPU, memory: env.HOST_RESERVE_MEMORY },
    consoleTicketSeconds: env.CONSOLE_TICKET_SECONDS,
    vmCounts: new VmCountCache(),
  };
  const control = await controlStart({
    databaseUrl: env.DATABASE_URL,
    executor: env.PROCESS_NAME,
    metrics: env.METRICS_URL === undefined ? null : { url: env.METRICS_URL, region: key },
    services: {
      db,
      log,
      agents,
      network,
      storage,
      settings: {
        storageAccess: async () => (real ? cephAccessRead({ ...ceph, region: key }) : cephAccessSim(key)),
        ovnRemote: env.OVN_SB_REMOTE,
        unseal: (sealed) => seal.unseal(sealed),
        stateDirectory,
      },
    },
  });

  const hub = await liveHubStart(db, env.DATABASE_URL, log);
  const consoles = consoleDoor({
    services,
    agentTls: (id) => mtlsClientOptions({ own, ca: ca.certificate, expected: identity(id) }),
  });
  const metrics = metricsRegistry('region');
  regionGauges(metrics, {
    basalt_region_leading: ['1 in the process that leads', () => Number(control.leading)],
    basalt_region_tasks_running: ['Tasks this process is at', () => control.running],
    basalt_region_consoles_open: ['Consoles proxied now', () => consoles.open],
    basalt_region_live_subscribers: ['Live streams served now', () => hub.subscribers],
    basalt_region_database_connections: ['Connections of the pool', () => db.$client.totalCount],
  });
  const server = await serverOpen({
    services,
    own,
    actor: await actorCheckOpen(env.ASSERTION_PUBLIC_KEY, key),
    hub,
    consoles,
    metrics,
    health: async () => ((await serviceHealthAll(db)).some((row) => row.health === 'error') ? 'degraded' : 'healthy'),
    host: env.LISTEN_HOST,
    port: env.LISTEN_PORT,
  });
  const metricsServer: HttpServer | null =
    env.METRICS_PORT === undefined ? null : await metricsServe(metrics, env.METRICS_PORT);
  const trim = setInterval(
    () => void historyTrim(db).catch((error: unknown) => log.warn({ error }, 'old rows were not trimmed')),
    TRIM_MS,
  );

  return {
    server,
    control,
    async stop() {
      clearInterval(trim);
      server.close();
      metricsServer?.close();
      consoles.close();
      await hub.close();
      await control.stop();
      server.closeAllConnections();
      await agents.close();
      await network.close();
      await storage.close();
      await db.$client.end();
    },
  };
}

function regionGauges(
  registry: ReturnType<typeof metricsRegistry>,
  gauges: Readonly<Record<string, readonly [help: string, read: () => number]>>,
): void {
  for (const [name, [help, read]] of Object.entries(gauges)) {
    const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
  }
}
