/** What runs in an instance, how healthy it is and what memory it takes. */
import { cephStatus, type CephStatus } from './ceph.ts';
import { faultList } from './faults.ts';
import { hostGuests, hostProcesses } from './host.ts';
import type { Instance } from './instance.ts';
import { labHosts } from './lab-settings.ts';
import { processResidentBytes } from './process-table.ts';
import { supervisorAlive, supervisorRecord, supervisorStatus } from './supervisor-client.ts';
import type { ProcessStatus } from './supervisor-protocol.ts';

export interface LabStatus {
  id: string;
  s: number;
  portBase: number;
  hosts: number;
  /** `partly`: something that should run does not. */
  state: 'up' | 'partly' | 'down';
  processes: ProcessStatus[];
  guests: number;
  /** Resident memory of everything, guests included. */
  memoryBytes: number;
  ceph: CephStatus | undefined;
  faults: string[];
}

export async function labStatus(instance: Instance): Promise<LabStatus> {
  const hosts = Array.from({ length: labHosts(instance) ?? 0 }, (_, index) => index + 1);
  const alive = supervisorAlive(instance);
  const processes = alive ? await supervisorStatus(instance) : [];
  const pids = new Set([
    ...processes.flatMap((one) => one.pid ?? []),
    ...hosts.flatMap((host) => hostProcesses(instance, host).map((one) => one.pid)),
    ...(alive ? [supervisorRecord(instance)?.daemon.pid ?? 0] : []),
  ]);
  const running = processes.length > 0 && processes.every((one) => one.state === 'ready');
  return {
    id: instance.id,
    s: instance.s,
    portBase: instance.portBase,
    hosts: hosts.length,
    state: !alive || processes.length === 0 ? 'down' : running ? 'up' : 'partly',
    processes: processes.sort((a, b) => a.order - b.order || a.name.localeCompare(b.name)),
    guests: hosts.reduce((sum, host) => sum + hostGuests(instance, host).length, 0),
    memoryBytes: [...pids].reduce((sum, pid) => sum + processResidentBytes(pid), 0),
    ceph: processes.some((one) => one.name.endsWith('.mon') && one.state === 'ready')
      ? await cephStatus(instance).catch(() => undefined)
      : undefined,
    faults: faultList(instance),
  };
}
