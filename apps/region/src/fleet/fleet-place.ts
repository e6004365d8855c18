/** Where the VMs of a simulated fleet go: evenly, and never more on a host than it promises. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { HostId } from '@basalt/contract';
import { hostPromise } from '../store/allocation.ts';
import type { Reader } from '../store/database.ts';
import { computeClusters, hosts, vms } from '../store/schema/index.ts';
import type { FleetVm } from './fleet-model.ts';

export interface FleetHost {
  readonly id: HostId;
  readonly name: string;
  vcpu: number;
  memory: number;
  vms: number;
}

/** A host's agent that is not simulated serves at the root of its address. */
const SIMULATED = '/sim/';

/** Available hosts of the cluster with what is free on each. @throws Error when one is real, or none has told its capacity. */
export async function fleetHosts(db: Reader, clusterId: typeof hosts.$inferSelect.clusterId): Promise<FleetHost[]> {
  const rows = await db
    .select({
      id: hosts.id,
      name: hosts.name,
      path: hosts.pathPrefix,
      capacity: hosts.capacityVcpu,
      vcpu: sql<number>`${hostPromise.vcpu} - ${hosts.allocatedVcpu}`,
      memory: sql<number>`${hostPromise.memory} - ${hosts.allocatedMemory}`.mapWith(Number),
      vms: sql<number>`(select count(*) from ${vms} where ${vms.hostId} = ${hosts.id} and ${vms.state} <> 'destroyed')::int`,
    })
    .from(hosts)
    .innerJoin(computeClusters, eq(computeClusters.id, hosts.clusterId))
    .where(and(isNull(hosts.removedAt), eq(hosts.clusterId, clusterId), eq(hosts.state, 'available')))
    .orderBy(asc(hosts.name));
  const real = rows.find(({ path }) => !path.startsWith(SIMULATED));
  if (real) throw new Error(`${real.name} is not simulated: a fleet is made only where all hosts are`);
  if (rows.every(({ capacity }) => capacity === 0)) throw new Error('no simulated host has joined yet');
  return rows.map(({ id, name, vcpu, memory, vms: guests }) => ({ id, name, vcpu, memory, vms: guests }));
}

/** The first hosts that have fewer VMs than their share, as many as `count` VMs need. */
export function fleetBlock(all: readonly FleetHost[], share: number, count: number): FleetHost[] {
  let room = 0;
  const block: FleetHost[] = [];
  for (const host of all) {
    if (room >= count) break;
    if (host.vms >= share) continue;
    block.push(host);
    room += share - host.vms;
  }
  return block.length > 0 ? block : [...all];
}

export interface FleetPlace {
  readonly vm: FleetVm;
  readonly host: FleetHost;
  /** What there is no room for is stopped. */
  readonly state: FleetVm['state'];
}

/** Takes the room on the host. */
export function fleetPlace(vm: FleetVm, block: readonly FleetHost[]): FleetPlace {
  let host = block[0];
  let fits: FleetHost | undefined;
  for (const one of block) {
    if (!host || one.vms < host.vms) host = one;
    if (vm.state !== 'stopped' && one.vcpu >= vm.vcpu && one.memory >= vm.memory && (!fits || one.vms < fits.vms))
      fits = one;
  }
  const chosen = fits ?? host;
  if (!chosen) throw new Error('there is no host');
  chosen.vms += 1;
  if (!fits) return { vm, host: chosen, state: 'stopped' };
  chosen.vcpu -= vm.vcpu;
  chosen.memory -= vm.memory;
  return { vm, host: chosen, state: vm.state };
}
