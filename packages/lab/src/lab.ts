/**
 * Brings the whole virtual data centre up and down. Both are repeatable: `up` finishes what is missing, and cleans up
 * after a run that was killed; `down` ends whatever carries this instance's marks.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  cephActiveWait,
  cephMgrSpecs,
  cephMkfs,
  cephMonSpecs,
  cephOsdSpecs,
  cephPoolsInit,
  cephPrepare,
  cephProvision,
  cephQuorumWait,
  type CephStatus,
} from './ceph.ts';
import { commandRun, commandTry } from './exec.ts';
import {
  hostCommand,
  hostEnsure,
  hostGuests,
  hostName,
  hostProcesses,
  hostRemove,
  libvirtSpecs,
  runtimeDirEnsure,
} from './host.ts';
import { type Instance, instanceRelease } from './instance.ts';
import { labHosts, labHostsWrite } from './lab-settings.ts';
import { metricsPrepare, metricsSpecs } from './metrics.ts';
import { networkEnsure, networkNamespaces, networkRemove } from './network.ts';
import { ovnCentralPrepare, ovnCentralSpecs, ovsPrepare, ovsSpecs } from './ovn.ts';
import { order } from './process-order.ts';
import { processArgv, processHasEnvironment, processList, processesEnd } from './process-table.ts';
import {
  supervisorAdd,
  supervisorAlive,
  supervisorDown,
  supervisorEnsure,
  supervisorRecord,
  supervisorStop,
} from './supervisor-client.ts';

export interface Progress {
  step: string;
  state: 'started' | 'done';
  /** Milliseconds, when done. */
  ms?: number;
  detail?: string;
}

export interface LabOptions {
  /** Number of hosts; default what the lab had before, else 3. */
  hosts?: number;
  /** Whether the lab itself makes the hosts chassis of OVN; false when the product's agent does. Default true. */
  chassis?: boolean;
  onProgress?: (progress: Progress) => void;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/**
 * Starts the lab, or what of it does not run.
 * @throws Error naming the process or command that failed, with the end of what it said.
 */
export async function labUp(instance: Instance, options: LabOptions = {}): Promise<CephStatus> {
  const before = labHosts(instance);
  const count = options.hosts ?? before ?? 3;
  if (before !== undefined && count < before)
    throw new Error(`the lab has ${before} hosts; it can grow but not shrink (reset it first)`);
  if (before !== undefined && before < 3 && count > before)
    throw new Error(
      `the lab has ${before} hosts and one monitor; only a lab of three or more can grow (reset it first)`,
    );
  const hosts = range(count);
  const step = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    const from = Date.now();
    options.onProgress?.({ step: name, state: 'started' });
    const result = await act();
    options.onProgress?.({ step: name, state: 'done', ms: Date.now() - from });
    return result;
  };

  const booting = !supervisorAlive(instance);
  if (booting) await step('clean up an earlier run', () => labClean(instance));
  labHostsWrite(instance, count);
  await supervisorEnsure(instance);

  await step('networks and hosts', async () => {
    await runtimeDirEnsure(instance);
    await networkEnsure(instance);
    await Promise.all(hosts.map((host) => hostEnsure(instance, host)));
  });
  const ovn = step('Open vSwitch and OVN', async () => {
    await Promise.all([ovnCentralPrepare(instance), ...hosts.map((host) => ovsPrepare(instance, host, booting))]);
    await supervisorAdd(instance, [
      ...ovnCentralSpecs(instance),
      ...hosts.flatMap((host) => ovsSpecs(instance, host, options.chassis ?? true)),
    ]);
  });
  const ceph = step('Ceph', async () => {
    cephPrepare(instance, count);
    await cephMkfs(instance, count);
    await supervisorAdd(instance, cephMonSpecs(instance, count));
    await cephQuorumWait(instance, count);
    await supervisorAdd(instance, cephMgrSpecs(instance));
    await cephProvision(instance, count);
    await supervisorAdd(instance, cephOsdSpecs(instance, count));
    const status = await cephActiveWait(instance, count);
    await cephPoolsInit(instance);
    return status;
  });
  const rest = step('libvirt and metrics', async () => {
    metricsPrepare(instance);
    await supervisorAdd(instance, [
      ...hosts.flatMap((host) => libvirtSpecs(instance, host)),
      ...metricsSpecs(instance),
    ]);
  });
  // All three are waited for, so that a failure leaves nothing going on behind the caller's back.
  await Promise.allSettled([ceph, ovn, rest]);
  const [status] = await Promise.all([ceph, ovn, rest]);
  return status;
}

/**
 * Stops everything of the instance, the product's processes too: guests are ended (QEMU flushes their disks) after
 * libvirt and before Ceph. Leaves no process, namespace, mount or link; all state stays under .run.
 */
export async function labDown(instance: Instance, onProgress?: (progress: Progress) => void): Promise<void> {
  if (supervisorAlive(instance)) {
    onProgress?.({ step: 'stop the product and libvirt', state: 'started' });
    await supervisorStop(instance, { all: true }, order.virtlogd).catch(() => undefined);
    onProgress?.({ step: 'end the guests', state: 'started' });
    await processesEnd(
      range(labHosts(instance) ?? 0).flatMap((host) => hostGuests(instance, host)),
      6000,
    );
    onProgress?.({ step: 'stop Ceph, OVN and Open vSwitch', state: 'started' });
    await supervisorDown(instance).catch(() => undefined);
  }
  onProgress?.({ step: 'take networks and hosts away', state: 'started' });
  await labClean(instance);
}

/** Hosts whose namespaces exist or should exist, also when .run was deleted meanwhile. */
async function hostsKnown(instance: Instance): Promise<number[]> {
  const named = (await networkNamespaces(instance)).flatMap((name) => Number(/host(\d+)$/.exec(name)?.[1] ?? []));
  return [...new Set([...range(labHosts(instance) ?? 0), ...named])];
}

/** Ends and removes what any run of this instance, even a killed one, has left. Without root only processes are looked for. */
export async function labClean(instance: Instance): Promise<void> {
  const record = supervisorRecord(instance);
  const marker = `${instance.marker.name}=${instance.marker.value}`;
  const marked = () => processList().filter(({ pid }) => processHasEnvironment(pid, marker));
  // The daemon first: it would start again what we end.
  const daemons = marked().filter(({ pid }) => processArgv(pid).some((one) => one.endsWith('supervisor-main.ts')));
  await processesEnd([...(record === undefined ? [] : [record.daemon]), ...daemons], 0);
  const root = process.getuid?.() === 0;
  const hosts = root ? await hostsKnown(instance) : [];
  const left = [...(record?.processes ?? []), ...marked(), ...hosts.flatMap((host) => hostProcesses(instance, host))];
  await processesEnd([...new Map(left.map((one) => [one.pid, one])).values()], 5000);
  rmSync(join(instance.runDir, 'supervisor.json'), { force: true });
  rmSync(instance.supervisorSocket, { force: true });
  rmSync(join(instance.labDir, 'faults.json'), { force: true });
  if (!root) return;
  for (const host of hosts) await hostRemove(instance, host);
  for (const namespace of await networkNamespaces(instance)) await commandTry(['ip', 'netns', 'del', namespace]);
  await networkRemove(instance);
  if (existsSync(instance.runtimeDir)) {
    // Lazily: a pin inside that could not be unmounted must not keep the rest.
    await commandTry(['umount', '-R', '-l', instance.runtimeDir]);
    rmSync(instance.runtimeDir, { recursive: true, force: true });
  }
}

/** Forgets the instance: `down`, then everything under .run but the cache. */
export async function labReset(instance: Instance): Promise<void> {
  await labDown(instance);
  const entries = (await commandRun(['find', instance.runDir, '-mindepth', '1', '-maxdepth', '1']))
    .split('\n')
    .filter((line) => line !== '');
  for (const entry of entries) if (entry !== instance.cacheDir) rmSync(entry, { recursive: true, force: true });
  instanceRelease(instance);
}

/** argv that opens `argv` on a host, by name. */
export function labHostCommand(instance: Instance, host: number, argv: readonly string[]): string[] {
  if (host < 1 || host > (labHosts(instance) ?? 0)) throw new Error(`there is no ${hostName(host)}`);
  return hostCommand(instance, host, argv);
}
