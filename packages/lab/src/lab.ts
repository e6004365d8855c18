/**
 * Brings the whole virtual data centre up and down. Both are repeatable: `up` finishes what is missing, and cleans up
 * after a run that was killed; `down` ends whatever carries this instance's marks.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
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
import { labClean, namespacesClean } from './clean.ts';
import { hostCommand, hostEnsure, hostGuests, hostName, libvirtSpecs, runtimeDirEnsure } from './host.ts';
import { type Instance, instanceRelease } from './instance.ts';
import { labHosts, labSettings, labSettingsWrite } from './lab-settings.ts';
import { metricsPrepare, metricsSpecs } from './metrics.ts';
import { networkEnsure } from './network.ts';
import { ovnCentralPrepare, ovnCentralSpecs, ovsPrepare, ovsSpecs } from './ovn.ts';
import { order } from './process-order.ts';
import { processesEnd } from './process-table.ts';
import {
  supervisorAdd,
  supervisorAlive,
  supervisorDown,
  supervisorEnsure,
  supervisorStatus,
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
  /** Whether the lab itself makes the hosts chassis of OVN; false when the product's agent does. Default what the lab had before, else true. */
  chassis?: boolean;
  onProgress?: (progress: Progress) => void;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/**
 * Starts the lab, or what of it does not run.
 * @throws Error naming the process or command that failed, with the end of what it said.
 */
export async function labUp(instance: Instance, options: LabOptions = {}): Promise<CephStatus> {
  const saved = labSettings(instance);
  const before = saved?.hosts;
  const count = options.hosts ?? before ?? 3;
  const chassis = options.chassis ?? saved?.chassis ?? true;
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

  await supervisorEnsure(instance);
  const booting = !(await supervisorStatus(instance)).some(
    (one) => one.pid !== undefined && /^(host\d|ovn|ceph)$/.test(one.group),
  );
  if (booting) await step('clean up an earlier run', () => namespacesClean(instance));
  labSettingsWrite(instance, { hosts: count, chassis });

  await step('networks and hosts', async () => {
    await runtimeDirEnsure(instance);
    await networkEnsure(instance);
    await Promise.all(hosts.map((host) => hostEnsure(instance, host)));
  });
  const ovn = step('Open vSwitch and OVN', async () => {
    await Promise.all([ovnCentralPrepare(instance), ...hosts.map((host) => ovsPrepare(instance, host, booting))]);
    await supervisorAdd(instance, [
      ...ovnCentralSpecs(instance),
      ...hosts.flatMap((host) => ovsSpecs(instance, host, chassis)),
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

/** Forgets the instance: `down`, then everything under .run but what was downloaded or built (`cache`, `tools`). */
export async function labReset(instance: Instance): Promise<void> {
  await labDown(instance);
  for (const name of existsSync(instance.runDir) ? readdirSync(instance.runDir) : [])
    if (name !== 'cache' && name !== 'tools') rmSync(join(instance.runDir, name), { recursive: true, force: true });
  instanceRelease(instance);
}

/** argv that opens `argv` on a host, by name. */
export function labHostCommand(instance: Instance, host: number, argv: readonly string[]): string[] {
  if (host < 1 || host > (labHosts(instance) ?? 0)) throw new Error(`there is no ${hostName(host)}`);
  return hostCommand(instance, host, argv);
}
