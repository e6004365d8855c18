/** Ends and removes what a run of the instance has left, whatever became of its supervisor and its .run. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandTry } from './exec.ts';
import { hostProcesses, hostRemove } from './host.ts';
import type { Instance } from './instance.ts';
import { labHosts } from './lab-settings.ts';
import { networkNamespaces, networkRemove } from './network.ts';
import { processArgv, processHasEnvironment, processList, processesEnd } from './process-table.ts';
import { supervisorRecord } from './supervisor-record.ts';

const isRoot = () => process.getuid?.() === 0;

/** Hosts whose namespaces exist or should exist, also when .run was deleted meanwhile. */
async function hostsKnown(instance: Instance): Promise<number[]> {
  const named = (await networkNamespaces(instance)).flatMap((name) => Number(/host(\d+)$/.exec(name)?.[1] ?? []));
  const counted = Array.from({ length: labHosts(instance) ?? 0 }, (_, index) => index + 1);
  return [...new Set([...counted, ...named])];
}

/** Ends all processes of the instance, the supervisor first: it would start again what we end. Works without root too. */
export async function processesClean(instance: Instance): Promise<void> {
  const record = supervisorRecord(instance);
  const marker = `${instance.marker.name}=${instance.marker.value}`;
  const marked = () => processList().filter(({ pid }) => processHasEnvironment(pid, marker));
  const daemons = marked().filter(({ pid }) => processArgv(pid).some((one) => one.endsWith('supervisor-main.ts')));
  await processesEnd([...(record === undefined ? [] : [record.daemon]), ...daemons], 0);
  const inHosts = isRoot() ? (await hostsKnown(instance)).flatMap((host) => hostProcesses(instance, host)) : [];
  const left = [...(record?.processes ?? []), ...marked(), ...inHosts];
  await processesEnd([...new Map(left.map((one) => [one.pid, one])).values()], 5000);
  rmSync(join(instance.runDir, 'supervisor.json'), { force: true });
  rmSync(instance.supervisorSocket, { force: true });
}

/** Removes namespaces, links and mounts of the instance; its hosts' processes must have ended. */
export async function namespacesClean(instance: Instance): Promise<void> {
  rmSync(join(instance.labDir, 'faults.json'), { force: true });
  if (!isRoot()) return;
  for (const host of await hostsKnown(instance)) await hostRemove(instance, host);
  for (const namespace of await networkNamespaces(instance)) await commandTry(['ip', 'netns', 'del', namespace]);
  await networkRemove(instance);
  if (!existsSync(instance.runtimeDir)) return;
  // Lazily: a pin inside that could not be unmounted must not keep the rest.
  await commandTry(['umount', '-R', '-l', instance.runtimeDir]);
  rmSync(instance.runtimeDir, { recursive: true, force: true });
}

export async function labClean(instance: Instance): Promise<void> {
  await processesClean(instance);
  await namespacesClean(instance);
}
