/** A VM with everything a task needs to make it real, read at the moment it is needed: rows are the truth, not inputs. */
import { asc, eq, inArray, type SQL } from 'drizzle-orm';
import { BasaltError, type DiskId, type HostId, type NicId, type VmId } from '@basalt/contract';
import type { DiskSpec } from '@basalt/contract/agent/schemas';
import type { HostAddress } from '../drivers/agent/agent-driver.ts';
import type { NetworkSpec, PortSpec } from '../drivers/network/network-driver.ts';
import { BASE_SNAPSHOT } from '../drivers/storage/storage-driver.ts';
import type { Reader, Tx } from '../store/database.ts';
import { hostById, type HostRow } from '../store/host.ts';
import { disks, hosts, images, networks, nics, storageClusters, subnets } from '../store/schema/index.ts';
import { vmById, type VmRow } from '../store/vm.ts';

export interface DiskPart {
  readonly disk: typeof disks.$inferSelect;
  readonly pool: string;
  /** Copy-on-write source. */
  readonly parent: { readonly pool: string; readonly image: string } | null;
}

export interface NicPart {
  readonly nic: typeof nics.$inferSelect;
  readonly network: typeof networks.$inferSelect;
  readonly subnet: typeof subnets.$inferSelect | null;
}

export async function vmMust(db: Reader, id: VmId): Promise<VmRow> {
  const vm = await vmById(db, id);
  if (!vm) throw new BasaltError('notFound', { kind: 'vm' });
  return vm;
}

export const hostAddress = (host: Pick<HostRow, 'id' | 'name' | 'address' | 'port' | 'pathPrefix'>): HostAddress => ({
  id: host.id,
  name: host.name,
  address: host.address,
  port: host.port,
  pathPrefix: host.pathPrefix,
});

/** The host a VM is on. @throws BasaltError noHostFits when it is on none. */
export async function vmHost(db: Reader, vm: VmRow): Promise<HostRow> {
  const host = vm.hostId && (await hostById(db, vm.hostId));
  if (!host) throw new BasaltError('noHostFits', { reason: 'the VM is placed on no host' });
  return host;
}

export const vmDiskParts = (db: Reader, id: VmId): Promise<DiskPart[]> => diskParts(db, [id]);

/** Of several VMs, each one's in order. */
export async function diskParts(db: Reader, ids: readonly VmId[]): Promise<DiskPart[]> {
  const rows = await db
    .select({ disk: disks, pool: storageClusters.pool, image: images })
    .from(disks)
    .innerJoin(storageClusters, eq(storageClusters.id, disks.storageClusterId))
    .leftJoin(images, eq(images.id, disks.imageId))
    .where(inArray(disks.vmId, [...ids]))
    .orderBy(asc(disks.vmId), asc(disks.index));
  if (rows.every((row) => row.image === null)) return rows.map(({ disk, pool }) => ({ disk, pool, parent: null }));
  const pools = await db.select({ id: storageClusters.id, pool: storageClusters.pool }).from(storageClusters);
  const poolOf = new Map(pools.map((row) => [row.id, row.pool]));
  return rows.map(({ disk, pool, image }) => ({
    disk,
    pool,
    parent: image && { pool: poolOf.get(image.storageClusterId) ?? pool, image: image.rbdImage },
  }));
}

const nicPartsWhere = (db: Reader, where: SQL): Promise<NicPart[]> =>
  db
    .select({ nic: nics, network: networks, subnet: subnets })
    .from(nics)
    .innerJoin(networks, eq(networks.id, nics.networkId))
    .leftJoin(subnets, eq(subnets.networkId, networks.id))
    .where(where)
    .orderBy(asc(nics.vmId), asc(nics.index));

/** Of several VMs, each one's in order. */
export const nicPartsOf = (db: Reader, ids: readonly VmId[]): Promise<NicPart[]> =>
  nicPartsWhere(db, inArray(nics.vmId, [...ids]));

export const vmNicParts = (db: Reader, id: VmId): Promise<NicPart[]> => nicPartsWhere(db, eq(nics.vmId, id));

export const nicParts = (db: Reader, ids: readonly NicId[]): Promise<NicPart[]> =>
  nicPartsWhere(db, inArray(nics.id, [...ids]));

/** The image as its host is told it. */
export const diskSpecOf = ({ disk, pool, parent }: DiskPart): DiskSpec => ({
  diskId: disk.id,
  at: { pool, image: disk.rbdImage },
  size: disk.size,
  parent: parent && { ...parent, snapshot: BASE_SNAPSHOT },
});

export const portSpec = ({ nic, subnet }: NicPart): PortSpec => ({
  id: nic.id,
  networkId: nic.networkId,
  mac: nic.mac,
  address: nic.address,
  dhcp: subnet?.dhcp ?? false,
});

export const networkSpec = ({ network, subnet }: Omit<NicPart, 'nic'>): NetworkSpec => ({
  id: network.id,
  name: network.name,
  uplink: network.uplink,
  vlan: network.vlan,
  mtu: network.mtu,
  subnet: subnet && {
    cidr: subnet.cidr,
    gateway: subnet.gateway,
    dns: subnet.dns,
    dhcp: subnet.dhcp,
    dhcpServer: subnet.dhcpServer,
    leaseTime: subnet.leaseTime,
    routes: subnet.routes,
  },
});

export const diskStateSet = (tx: Tx, id: DiskId, state: (typeof disks.$inferSelect)['state']) =>
  tx.update(disks).set({ state }).where(eq(disks.id, id));

/**
 * Hosts that can work on a VM's disks, its own first: images lie in Ceph, so any host that answers will do when its own is
 * gone.
 */
export async function hostsForDisks(db: Reader, first: HostId | null): Promise<HostRow[]> {
  const rows = await db.select().from(hosts).where(eq(hosts.state, 'available')).orderBy(asc(hosts.id)).limit(3);
  const own = first && (await hostById(db, first));
  return own ? [own, ...rows.filter((row) => row.id !== own.id)] : rows;
}
