/**
 * The lab's Ceph cluster: a monitor and two OSDs (one per device class) on each host, the manager in the root
 * namespace so that pulling a host's plug never takes it away. Provisioned once; later starts find it as it was.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  cephClientConf,
  cephDaemonConf,
  cephFiles,
  cephKeyCreate,
  cephKeyring,
  cephMonAddress,
  cephMonHosts,
  cephOsds,
  poolNames,
} from './ceph-config.ts';
import { commandRun, waitFor } from './exec.ts';
import { hostCommand, hostFiles, hostName, hostWrap } from './host.ts';
import { type Instance, instanceAddress } from './instance.ts';
import { order } from './process-order.ts';
import type { ProcessSpecInput } from './supervisor-protocol.ts';

export { cephFiles, cephOsds, poolNames } from './ceph-config.ts';

const secretsSchema = z.object({
  fsid: z.string(),
  mon: z.string(),
  admin: z.string(),
  mgr: z.string(),
  basalt: z.string(),
  osds: z.record(z.string(), z.object({ uuid: z.string(), key: z.string() })),
});
type Secrets = z.infer<typeof secretsSchema>;

/** Identity and keys of the cluster; made once, extended when hosts are added. */
function cephSecrets(instance: Instance, hosts: number): Secrets {
  const { dir } = cephFiles(instance);
  const file = join(dir, 'secrets.json');
  const secrets: Secrets = existsSync(file)
    ? secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    : {
        fsid: randomUUID(),
        mon: cephKeyCreate(),
        admin: cephKeyCreate(),
        mgr: cephKeyCreate(),
        basalt: cephKeyCreate(),
        osds: {},
      };
  for (const { id } of cephOsds(hosts)) secrets.osds[id] ??= { uuid: randomUUID(), key: cephKeyCreate() };
  writeFileSync(file, JSON.stringify(secrets, undefined, 2), { mode: 0o600 });
  return secrets;
}

/** Runs `ceph …` as the administrator from the root namespace. @returns stdout */
export function cephAdmin(instance: Instance, args: string[], input?: string, timeoutMs = 60_000): Promise<string> {
  const files = cephFiles(instance);
  const argv = [
    'ceph',
    '-c',
    files.conf,
    '-n',
    'client.admin',
    '-k',
    files.adminKeyring,
    '--connect-timeout',
    '15',
    ...args,
  ];
  return commandRun(argv, { timeoutMs, ...(input === undefined ? {} : { input }) });
}

/** Writes configuration and keyrings. */
export function cephPrepare(instance: Instance, hosts: number): void {
  const files = cephFiles(instance);
  mkdirSync(join(files.dir, 'mgr'), { recursive: true });
  mkdirSync(join(instance.runtimeDir, 'ceph'), { recursive: true });
  const secrets = cephSecrets(instance, hosts);
  const all = { mon: 'allow *', osd: 'allow *', mds: 'allow *', mgr: 'allow *' };
  const rbdPools = poolNames.map((pool) => `profile rbd pool=${pool}`).join(', ');
  const admin = { name: 'client.admin', key: secrets.admin, caps: all };
  const mgr = { name: 'mgr.lab', key: secrets.mgr, caps: { mon: 'allow profile mgr', osd: 'allow *', mds: 'allow *' } };
  const basalt = {
    name: 'client.basalt',
    key: secrets.basalt,
    caps: { mon: 'profile rbd', mgr: `allow r, ${rbdPools}`, osd: rbdPools },
  };
  const keyring = (file: string, entries: Parameters<typeof cephKeyring>[0]) =>
    writeFileSync(file, cephKeyring(entries), { mode: 0o600 });
  keyring(files.adminKeyring, [admin]);
  keyring(files.basaltKeyring, [{ name: basalt.name, key: basalt.key }]);
  keyring(join(files.dir, 'mgr', 'keyring'), [mgr]);
  keyring(join(files.dir, 'initial.keyring'), [
    { name: 'mon.', key: secrets.mon, caps: { mon: 'allow *' } },
    admin,
    mgr,
    basalt,
  ]);
  for (const { id, host } of cephOsds(hosts)) {
    const dir = join(hostFiles(instance, host).stateDir, `osd.${id}`);
    mkdirSync(dir, { recursive: true });
    keyring(join(dir, 'keyring'), [{ name: `osd.${id}`, key: secrets.osds[id]?.key ?? '' }]);
  }
  writeFileSync(files.conf, cephClientConf(instance, secrets.fsid, hosts));
  writeFileSync(files.daemonConf, cephDaemonConf(instance, secrets.fsid, hosts));
}

/** Makes the stores of monitors and OSDs that have none yet. */
export async function cephMkfs(instance: Instance, hosts: number): Promise<void> {
  const files = cephFiles(instance);
  const secrets = cephSecrets(instance, hosts);
  const monmap = join(files.dir, 'monmap');
  if (!existsSync(monmap)) {
    const mons = cephMonHosts(hosts).flatMap((host) => ['--addv', hostName(host), cephMonAddress(instance, host)]);
    await commandRun([
      'monmaptool',
      '--create',
      '--clobber',
      '--fsid',
      secrets.fsid,
      '--set-min-mon-release',
      '16',
      ...mons,
      monmap,
    ]);
  }
  const once = async (marker: string, host: number, argv: string[]) => {
    if (existsSync(marker)) return;
    await commandRun(hostCommand(instance, host, argv), { timeoutMs: 120_000 });
    writeFileSync(marker, new Date().toISOString());
  };
  const mons = cephMonHosts(hosts).map(async (host) => {
    const dir = join(hostFiles(instance, host).stateDir, 'mon');
    mkdirSync(dir, { recursive: true });
    const keyring = join(files.dir, 'initial.keyring');
    const argv = [
      'ceph-mon',
      '-c',
      files.daemonConf,
      '--mkfs',
      '-i',
      hostName(host),
      '--monmap',
      monmap,
      '--keyring',
      keyring,
    ];
    await once(join(hostFiles(instance, host).stateDir, 'mon.made'), host, argv);
  });
  const osds = cephOsds(hosts).map(async ({ id, host }) => {
    const uuid = secrets.osds[id]?.uuid ?? '';
    const argv = [
      'ceph-osd',
      '-c',
      files.daemonConf,
      '--no-mon-config',
      '--mkfs',
      '-i',
      String(id),
      '--osd-uuid',
      uuid,
      '--monmap',
      monmap,
    ];
    await once(join(hostFiles(instance, host).stateDir, `osd.${id}.made`), host, argv);
  });
  await Promise.all([...mons, ...osds]);
}

export function cephMonSpecs(instance: Instance, hosts: number): ProcessSpecInput[] {
  return cephMonHosts(hosts).map((host) => ({
    name: `${hostName(host)}.mon`,
    group: hostName(host),
    order: order.cephMon,
    wrap: hostWrap(instance, host),
    argv: ['ceph-mon', '-f', '-c', cephFiles(instance).daemonConf, '-i', hostName(host)],
    ready: { kind: 'tcp', host: instanceAddress(instance, 'storage', host), port: 3300 },
  }));
}

export function cephMgrSpecs(instance: Instance): ProcessSpecInput[] {
  return [
    {
      name: 'ceph.mgr',
      group: 'ceph',
      order: order.cephMgr,
      argv: ['ceph-mgr', '-f', '-c', cephFiles(instance).daemonConf, '-i', 'lab'],
      stopTimeoutMs: 5000,
    },
  ];
}

export function cephOsdSpecs(instance: Instance, hosts: number): ProcessSpecInput[] {
  return cephOsds(hosts).map(({ id, host }) => ({
    name: `${hostName(host)}.osd.${id}`,
    group: hostName(host),
    order: order.cephOsd,
    wrap: hostWrap(instance, host),
    argv: ['ceph-osd', '-f', '-c', cephFiles(instance).daemonConf, '-i', String(id)],
    ready: { kind: 'socket', path: `/run/ceph/osd.${id}.asok` },
    readyTimeoutMs: 90_000,
    // A store that was ended hard replays its log at the next start; waiting for a clean end is cheaper.
    stopTimeoutMs: 15_000,
  }));
}

/** Resolves when the monitors have a quorum of all of them. */
export async function cephQuorumWait(instance: Instance, hosts: number, timeoutMs = 60_000): Promise<void> {
  const schema = z.object({ quorum_names: z.array(z.string()) });
  await waitFor('a quorum of the Ceph monitors', timeoutMs, async () => {
    const status = schema.parse(JSON.parse(await cephAdmin(instance, ['quorum_status', '-f', 'json'])));
    return status.quorum_names.length === cephMonHosts(hosts).length ? true : undefined;
  });
}

/** What the monitors must know before OSDs join: ids, places, classes, rules, pools. Repeatable; done once per OSD. */
export async function cephProvision(instance: Instance, hosts: number): Promise<void> {
  const { dir } = cephFiles(instance);
  const marker = join(dir, 'provisioned.json');
  const known = existsSync(marker) ? z.array(z.number()).parse(JSON.parse(readFileSync(marker, 'utf8'))) : [];
  const fresh = cephOsds(hosts).filter(({ id }) => !known.includes(id));
  if (fresh.length === 0) return;
  const secrets = cephSecrets(instance, hosts);
  for (const { id } of fresh) {
    const osd = secrets.osds[id];
    if (osd === undefined) throw new Error(`no key for osd.${id}`);
    await cephAdmin(
      instance,
      ['osd', 'new', osd.uuid, String(id), '-i', '-'],
      JSON.stringify({ cephx_secret: osd.key }),
    );
  }
  await Promise.all(
    fresh.map(({ id, host }) =>
      cephAdmin(instance, ['osd', 'crush', 'add', `osd.${id}`, '0.0156', `host=${hostName(host)}`, 'root=default']),
    ),
  );
  await Promise.all(
    poolNames.map(async (pool) => {
      const members = fresh.filter((one) => one.pool === pool).map(({ id }) => `osd.${id}`);
      await cephAdmin(instance, ['osd', 'crush', 'set-device-class', pool, ...members]);
    }),
  );
  if (known.length === 0) {
    await Promise.all([
      cephAdmin(instance, ['osd', 'set-require-min-compat-client', 'mimic']),
      cephAdmin(instance, ['config', 'set', 'mgr', 'mgr/devicehealth/enable_monitoring', 'false']),
      ...poolNames.map(async (pool) => {
        await cephAdmin(instance, ['osd', 'crush', 'rule', 'create-replicated', pool, 'default', 'host', pool]);
        await cephAdmin(instance, ['osd', 'pool', 'create', pool, '16', '16', 'replicated', pool]);
        await cephAdmin(instance, ['osd', 'pool', 'application', 'enable', pool, 'rbd']);
      }),
    ]);
  }
  writeFileSync(marker, JSON.stringify([...known, ...fresh.map(({ id }) => id)]));
}

export interface CephStatus {
  health: string;
  /** Names of the health checks that are raised. */
  checks: string[];
  osdsUp: number;
  osds: number;
  pgsActive: number;
  pgs: number;
}

const statusSchema = z.object({
  health: z.object({ status: z.string(), checks: z.record(z.string(), z.unknown()) }),
  osdmap: z.object({ num_osds: z.number(), num_up_osds: z.number() }),
  pgmap: z.object({
    num_pgs: z.number(),
    pgs_by_state: z.array(z.object({ state_name: z.string(), count: z.number() })).default([]),
  }),
});

export async function cephStatus(instance: Instance): Promise<CephStatus> {
  const status = statusSchema.parse(JSON.parse(await cephAdmin(instance, ['status', '-f', 'json'])));
  const active = status.pgmap.pgs_by_state.filter((one) => one.state_name.split('+').includes('active'));
  return {
    health: status.health.status,
    checks: Object.keys(status.health.checks),
    osdsUp: status.osdmap.num_up_osds,
    osds: status.osdmap.num_osds,
    pgsActive: active.reduce((sum, one) => sum + one.count, 0),
    pgs: status.pgmap.num_pgs,
  };
}

/** Resolves when all OSDs are up and every placement group serves. */
export async function cephActiveWait(instance: Instance, hosts: number, timeoutMs = 120_000): Promise<CephStatus> {
  return waitFor(
    'the Ceph OSDs to be up and all placement groups active',
    timeoutMs,
    async () => {
      const status = await cephStatus(instance);
      return status.osdsUp >= cephOsds(hosts).length && status.pgs > 0 && status.pgsActive === status.pgs
        ? status
        : undefined;
    },
    300,
  );
}

/** Marks the pools as RBD's own, once they serve. */
export async function cephPoolsInit(instance: Instance): Promise<void> {
  const files = cephFiles(instance);
  const marker = join(files.dir, 'pools.made');
  if (existsSync(marker)) return;
  await Promise.all(
    poolNames.map((pool) =>
      commandRun(['rbd', '-c', files.conf, '-n', 'client.admin', 'pool', 'init', pool], { timeoutMs: 60_000 }),
    ),
  );
  writeFileSync(marker, new Date().toISOString());
}
