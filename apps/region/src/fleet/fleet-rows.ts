/** Rows of a lot of the fleet: what the creation of a VM and its life since then would have left. */
import { inArray } from 'drizzle-orm';
import type { AccountId, DiskId, GuestFacts, NicId, RegionKey, SubnetId, VmId } from '@basalt/contract';
import { derivedId } from '@basalt/service';
import { macsMake } from '../domain/vm/create-plan.ts';
import { hostNameOf } from '../domain/vm/create-specify.ts';
import { simPortsOfNics } from '../drivers/network/sim-network-kept.ts';
import { addressesTakeNext, subnetsLock } from '../store/address.ts';
import { allocationsTakeTogether } from '../store/allocation.ts';
import type { Reader, Tx } from '../store/database.ts';
import type { NetworkWithSubnet } from '../store/network.ts';
import type { computeClusters, flavors, images } from '../store/schema/index.ts';
import { vms } from '../store/schema/index.ts';
import { vmsInsert, type NicInsert } from '../store/vm.ts';
import type { FleetPlace } from './fleet-place.ts';

export interface FleetKit {
  readonly region: RegionKey;
  readonly cluster: typeof computeClusters.$inferSelect;
  readonly image: typeof images.$inferSelect;
  readonly networks: readonly NetworkWithSubnet[];
  readonly flavors: readonly (typeof flavors.$inferSelect)[];
  readonly owner: { readonly id: AccountId; readonly name: string };
}

/** Ids follow from the place in the fleet, so that a repetition finds what is there, in the rows and on hosts. */
export const fleetVmId = (region: RegionKey, n: number): VmId => derivedId<VmId>('fleet', region, String(n));

/** Ids of the list that were made already, also if destroyed since. */
export async function fleetPresent(db: Reader, ids: readonly VmId[]): Promise<Set<VmId>> {
  const rows = await db
    .select({ id: vms.id })
    .from(vms)
    .where(inArray(vms.id, [...ids]));
  return new Set(rows.map(({ id }) => id));
}

interface Lot extends FleetPlace {
  readonly id: VmId;
  readonly network: NetworkWithSubnet;
  readonly nic: NicInsert;
}

async function nicsOf(tx: Tx, kit: FleetKit, places: readonly FleetPlace[]): Promise<Lot[]> {
  const macs = await macsMake(tx, places.length);
  const lots = places.map((place, i): Lot => {
    const network = kit.networks[place.vm.environment % kit.networks.length];
    if (!network) throw new Error('the fleet has no network');
    const id = fleetVmId(kit.region, place.vm.n);
    const mac = macs[i] ?? '';
    const at = { networkId: network.network.id, subnetId: network.subnet?.id ?? null };
    return {
      ...place,
      id,
      network,
      nic: { id: derivedId<NicId>(id, 'nic'), vmId: id, index: 0, ...at, mac, model: 'virtio', up: true },
    };
  });
  const ids = kit.networks.flatMap(({ subnet }): SubnetId[] => (subnet ? [subnet.id] : []));
  for (const subnet of await subnetsLock(tx, ids)) {
    const own = lots.filter((lot) => lot.nic.subnetId === subnet.id);
    const given = await addressesTakeNext(
      tx,
      subnet,
      own.map((lot) => ({ nicId: lot.nic.id, vmId: lot.id })),
    );
    if (!given) throw new Error(`${subnet.cidr} has not enough addresses`);
    own.forEach((lot, i) => (lot.nic.address = given[i] ?? null));
  }
  return lots;
}

const guestOf = ({ vm, nic }: Lot, now: Date): GuestFacts => ({
  agent: 'running',
  agentVersion: '7.2.22',
  hostName: vm.name,
  os: 'Simulated Linux',
  interfaces: [{ name: 'eth0', mac: nic.mac, addresses: [] }],
  seenAt: now.toISOString(),
});

/** Inserts them. The caller holds the cluster's placement lock. */
export async function fleetInsert(tx: Tx, kit: FleetKit, places: readonly FleetPlace[], now: Date): Promise<VmId[]> {
  const { cluster, image } = kit;
  const lots = await nicsOf(tx, kit, places);
  await vmsInsert(
    tx,
    lots.map((lot) => {
      const { id, vm, host, state, nic } = lot;
      const createdAt = new Date(now.getTime() - vm.age);
      const since = new Date(now.getTime() - vm.since);
      const disk = (index: number, size: number) => ({
        id: derivedId<DiskId>(id, String(index)),
        vmId: id,
        name: index === 0 ? `${vm.name}-system` : `${vm.name}-data-${index}`,
        role: index === 0 ? ('system' as const) : ('data' as const),
        index,
        size,
        state: 'attached' as const,
        storageClusterId: image.storageClusterId,
        imageId: index === 0 ? image.id : null,
        createdAt,
      });
      const disks = [
        disk(0, Math.max(vm.systemDisk, image.virtualSize ?? 0)),
        ...(vm.dataDisk === null ? [] : [disk(1, vm.dataDisk)]),
      ];
      return {
        vm: {
          id,
          name: vm.name,
          note: vm.note,
          state,
          stateSince: since,
          desiredPower: state === 'stopped' ? ('off' as const) : ('on' as const),
          clusterId: cluster.id,
          hostId: host.id,
          epoch: 1,
          imageId: image.id,
          flavorId: kit.flavors.find((f): boolean => f.vcpu === vm.vcpu && f.memory === vm.memory)?.id ?? null,
          vcpu: vm.vcpu,
          memory: vm.memory,
          firmware: image.firmware,
          cpuMode: 'custom' as const,
          osFamily: image.osFamily,
          hostName: hostNameOf(vm.name, image.osFamily === 'windows'),
          cloudInit: image.cloudInit,
          defaultUser: image.defaultUser,
          protected: vm.protected,
          ownerId: kit.owner.id,
          ownerName: kit.owner.name,
          guest: state === 'running' && image.guestAgent ? guestOf(lot, now) : null,
          createdAt,
          startedAt: state === 'stopped' ? null : since,
        },
        disks: disks.map((one) => ({ ...one, rbdImage: `disk-${one.id}` })),
        nics: [nic],
      };
    }),
  );
  await simPortsOfNics(
    tx,
    lots.map(({ nic }) => nic.id),
  );
  await allocationsTakeTogether(
    tx,
    lots
      .filter(({ state }) => state !== 'stopped')
      .map(({ id, host, vm }) => ({ vmId: id, hostId: host.id, vcpu: vm.vcpu, memory: vm.memory })),
  );
  return lots.map(({ id }) => id);
}
