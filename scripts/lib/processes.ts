/** The product's own processes on one machine, as the supervisor runs them: what a package's service files would say elsewhere. */
import { join } from 'node:path';
import {
  cephFiles,
  hostName,
  hostWrap,
  instanceAddress,
  instancePort,
  metricsUrl,
  order,
  ovnEndpoints,
  type Instance,
  type ProcessSpecInput,
} from '@basalt/lab';
import { postgresCommand, postgresUrl, type PostgresCluster } from '@basalt/service';
import { consoleServer } from './build.ts';
import { databasesKept, type DatabaseName } from './databases.ts';
import { checkout, inRun, node } from './paths.ts';
import type { Settings } from './settings.ts';

export const regionKey = 'region-1';
export const gatewayUrl = (instance: Instance): string => `http://127.0.0.1:${instancePort(instance, 'gateway')}`;
export const gatewayDirectory = (): string => inRun('gateway');
export const regionDirectory = (): string => inRun('region');
export const agentPort = 7444;
const regionPort = 7443;

export const postgresCluster = (instance: Instance): PostgresCluster => ({
  dataDirectory: inRun('postgres'),
  port: instancePort(instance, 'postgres'),
});

/** The database that was settled at the first start: the operator's own, else the embedded server's. */
export const databaseUrl = (instance: Instance, database: DatabaseName): string =>
  databasesKept()?.[database] ?? postgresUrl(postgresCluster(instance), database);

/** Where gateway and agents reach the region: the management network, or loopback when hosts are simulated. */
export const regionEndpoint = (instance: Instance, { sim }: Settings): { host: string; port: number; url: string } => {
  const host = sim ? '127.0.0.1' : instanceAddress(instance, 'management');
  const port = sim ? instancePort(instance, 'region') : regionPort;
  return { host, port, url: `https://${host}:${port}` };
};

/**
 * V8 lets the young generation grow to 128 MB, and keeps it. What a gateway holds at a time is little, also while it writes a
 * log's workbook: a quarter does, and takes no longer.
 */
const memoryFlags: Readonly<Record<string, readonly string[]>> = { gateway: ['--max-semi-space-size=16'] };

export const serviceCommand = (app: string, file: string, ...args: string[]): string[] => [
  node,
  '--disable-warning=ExperimentalWarning',
  '--max-old-space-size=512',
  ...(memoryFlags[app] ?? []),
  join(checkout, 'apps', app, 'src', file),
  ...args,
];
/**
 * With the heap that so many hosts and VMs want in one process: of a host some 60 KB in the region, most of it their open
 * connection; of a VM 2.5 KB in the simulator.
 */
export function heapFor({ hosts, vms }: Pick<Settings, 'hosts' | 'vms'>, argv: readonly string[]): string[] {
  const heap = Math.max(512, 256 + Math.ceil(hosts / 8 + vms / 250));
  return argv.map((arg) => (arg.startsWith('--max-old-space-size=') ? `--max-old-space-size=${heap}` : arg));
}
const common = { NODE_ENV: 'production', NODE_COMPILE_CACHE: inRun('cache', 'compile') };

export const postgresSpec = (instance: Instance): ProcessSpecInput => ({
  name: 'postgres',
  group: 'product',
  order: order.postgres,
  argv: [...postgresCommand(postgresCluster(instance))],
  stopSignal: 'SIGINT',
  stopTimeoutMs: 20_000,
  ready: { kind: 'tcp', host: '127.0.0.1', port: instancePort(instance, 'postgres') },
});

export function regionEnvironment(instance: Instance, settings: Settings): Record<string, string> {
  const endpoint = regionEndpoint(instance, settings);
  const ceph = cephFiles(instance);
  return {
    ...common,
    REGION_KEY: regionKey,
    REGION_NAME: 'Basalt Lab',
    DATABASE_URL: databaseUrl(instance, 'region'),
    STATE_DIR: regionDirectory(),
    LISTEN_HOST: endpoint.host,
    LISTEN_PORT: String(endpoint.port),
    ADVERTISED_ENDPOINT: endpoint.url,
    ASSERTION_PUBLIC_KEY: join(gatewayDirectory(), 'assertion.pub'),
    METRICS_PORT: String(instancePort(instance, 'regionMetrics')),
    STORAGE_POOLS: JSON.stringify([
      { name: 'ssd', pool: 'ssd', media: 'ssd', replicas: 3, failureDomain: 'host' },
      { name: 'hdd', pool: 'hdd', media: 'hdd', replicas: 3, failureDomain: 'host' },
    ]),
    // tests of what happens to a late ticket do not wait for five minutes
    CONSOLE_TICKET_SECONDS: process.env['BASALT_CONSOLE_TICKET_SECONDS'] ?? '300',
    HOST_RESERVE_VCPU: '1',
    HOST_RESERVE_MEMORY: String(1024 ** 3),
    ...(settings.sim
      ? { DRIVERS: 'sim' }
      : {
          DRIVERS: 'real',
          OVN_NB: ovnEndpoints(instance).northbound,
          OVN_SB_REMOTE: ovnEndpoints(instance).southbound,
          CEPH_CONF: ceph.conf,
          CEPH_USER: 'client.basalt',
          CEPH_KEYRING: ceph.basaltKeyring,
          METRICS_URL: metricsUrl(instance),
        }),
  };
}

export const regionSpec = (instance: Instance, settings: Settings): ProcessSpecInput => ({
  name: 'region',
  group: 'product',
  order: order.region,
  argv: heapFor(settings, serviceCommand('region', 'main.ts')),
  env: regionEnvironment(instance, settings),
  ready: { kind: 'http', url: `http://127.0.0.1:${instancePort(instance, 'regionMetrics')}/metrics` },
  readyTimeoutMs: 60_000,
});

/** A second process of the same region, standing by: shares the database, takes over when the leader is gone. */
export const regionStandbySpec = (instance: Instance, settings: Settings): ProcessSpecInput => ({
  ...regionSpec(instance, settings),
  name: 'region-standby',
  env: {
    ...regionEnvironment(instance, settings),
    LISTEN_PORT: String(settings.sim ? instancePort(instance, 'regionStandby') : regionPort + 10),
    METRICS_PORT: String(instancePort(instance, 'regionStandbyMetrics')),
  },
  ready: { kind: 'http', url: `http://127.0.0.1:${instancePort(instance, 'regionStandbyMetrics')}/metrics` },
});

export const gatewayEnvironment = (instance: Instance): Record<string, string> => ({
  ...common,
  DATABASE_URL: databaseUrl(instance, 'gateway'),
  LISTEN_HOST: process.env['BASALT_LISTEN'] ?? '127.0.0.1',
  LISTEN_PORT: String(instancePort(instance, 'gateway')),
  PUBLIC_ORIGIN:
    process.env['BASALT_ORIGIN'] ??
    [gatewayUrl(instance), `http://localhost:${instancePort(instance, 'gateway')}`].join(','),
  CONSOLE_UPSTREAM: `http://127.0.0.1:${instancePort(instance, 'console')}`,
  REGIONS_FILE: join(gatewayDirectory(), 'regions.json'),
  STATE_DIR: gatewayDirectory(),
  METRICS_PORT: String(instancePort(instance, 'gatewayMetrics')),
});

export const gatewaySpec = (instance: Instance): ProcessSpecInput => ({
  name: 'gateway',
  group: 'product',
  order: order.gateway,
  argv: serviceCommand('gateway', 'main.ts'),
  env: gatewayEnvironment(instance),
  ready: { kind: 'http', url: `${gatewayUrl(instance)}/api/health` },
  readyTimeoutMs: 60_000,
});

export const consoleSpec = (instance: Instance): ProcessSpecInput => ({
  name: 'console',
  group: 'product',
  order: order.console,
  argv: [node, '--max-old-space-size=256', consoleServer],
  env: { ...common, HOSTNAME: '127.0.0.1', PORT: String(instancePort(instance, 'console')) },
  ready: { kind: 'tcp', host: '127.0.0.1', port: instancePort(instance, 'console') },
  readyTimeoutMs: 60_000,
});

export function agentEnvironment(instance: Instance, host: number, settings: Settings): Record<string, string> {
  return {
    ...common,

    BASALT_AGENT_STATE_DIR: inRun('agents', hostName(host)),
    BASALT_AGENT_ADDRESS: instanceAddress(instance, 'management', host),
    BASALT_AGENT_PORT: String(agentPort),
    BASALT_AGENT_VIRTUALISATION: settings.virtualisation,
    BASALT_AGENT_DATAPATH: 'userspace',
    BASALT_AGENT_ENCAP_IP: instanceAddress(instance, 'provider', host),
    BASALT_AGENT_BRIDGE_MAPPINGS: 'physnet1:br-ex',
    BASALT_AGENT_VCPUS: '8',
    BASALT_AGENT_MEMORY: String(8 * 1024 ** 3),
  };
}

export const agentSpec = (instance: Instance, host: number, settings: Settings): ProcessSpecInput => ({
  name: `${hostName(host)}.agent`,
  group: hostName(host),
  order: order.agent,
  wrap: hostWrap(instance, host),
  argv: serviceCommand('agent', 'main.ts', 'run'),
  env: agentEnvironment(instance, host, settings),
  ready: { kind: 'tcp', host: instanceAddress(instance, 'management', host), port: agentPort },
  readyTimeoutMs: 60_000,
});

/** What the gateway needs to know of the region, in the form of REGIONS_FILE. */
export const regionsFile = (instance: Instance, settings: Settings): string =>
  JSON.stringify(
    [
      {
        key: regionKey,
        name: 'Basalt Lab',
        endpoint: regionEndpoint(instance, settings).url,
        ca: join(gatewayDirectory(), 'region-1', 'ca.crt'),
        cert: join(gatewayDirectory(), 'region-1', 'gateway.crt'),
        key_file: join(gatewayDirectory(), 'region-1', 'gateway.key'),
      },
    ],
    undefined,
    2,
  );
