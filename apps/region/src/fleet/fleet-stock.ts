/** The hosts' side of a lot: definitions and disks as the region's own tasks would have asked for them. */
import { eq, inArray } from 'drizzle-orm';
import type { VmId } from '@basalt/contract';
import type { DiskSpec, DomainSpec, StorageAccessSpec } from '@basalt/contract/agent/schemas';
import type { Reader } from '../store/database.ts';
import { hosts, vms } from '../store/schema/index.ts';
import { domainSpecOf } from '../tasks/domain-spec.ts';
import { diskParts, diskSpecOf, nicPartsOf } from '../tasks/vm-parts.ts';

/** What a host is given, in the words of the simulator's control. */
export interface FleetStock {
  readonly host: string;
  readonly disks: DiskSpec[];
  readonly domains: {
    readonly spec: DomainSpec;
    readonly epoch: number;
    readonly state: 'running' | 'paused' | 'shutoff';
    readonly startedAt: string | null;
  }[];
}

/** Takes the stock, and keeps of each host what it has already. */
export type FleetDoor = (stock: readonly FleetStock[]) => Promise<void>;

const STOCK_MS = 60_000;

/** The control of a simulator in another process. */
export const fleetDoor =
  (url: string): FleetDoor =>
  async (stock) => {
    const answer = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ do: 'stock', hosts: stock }),
      signal: AbortSignal.timeout(STOCK_MS),
    });
    if (!answer.ok) throw new Error(`the simulator took no stock: ${answer.status} ${await answer.text()}`);
  };

/** By the rows, which are there already. */
export async function fleetStock(tx: Reader, ids: readonly VmId[], storage: StorageAccessSpec): Promise<FleetStock[]> {
  const rows = await tx
    .select({ vm: vms, host: hosts.name })
    .from(vms)
    .innerJoin(hosts, eq(hosts.id, vms.hostId))
    .where(inArray(vms.id, [...ids]));
  const disks = Map.groupBy(await diskParts(tx, ids), ({ disk }) => disk.vmId);
  const nics = Map.groupBy(await nicPartsOf(tx, ids), ({ nic }) => nic.vmId);
  return [...Map.groupBy(rows, ({ host }) => host)].map(([host, own]) => ({
    host,
    disks: own.flatMap(({ vm }) => (disks.get(vm.id) ?? []).map(diskSpecOf)),
    domains: own.map(({ vm }) => ({
      spec: domainSpecOf({ vm, disks: disks.get(vm.id) ?? [], nics: nics.get(vm.id) ?? [], storage, password: null }),
      epoch: vm.epoch,
      state: vm.state === 'running' || vm.state === 'paused' ? vm.state : ('shutoff' as const),
      startedAt: vm.startedAt?.toISOString() ?? null,
    })),
  }));
}
