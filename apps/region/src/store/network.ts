/** Flat networks with their subnet. */
import { and, asc, count, desc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { Network, NetworkId, SubnetId } from '@basalt/contract';
import { addressTotal } from '../ipam/range.ts';
import { addressCounts, type SubnetRow } from './address.ts';
import type { Reader, Tx } from './database.ts';
import { likePattern, type OffsetPage } from './page.ts';
import { hosts, networks, nics, subnets, vms } from './schema/index.ts';

export type NetworkRow = typeof networks.$inferSelect;
export interface NetworkWithSubnet {
  readonly network: NetworkRow;
  readonly subnet: SubnetRow | null;
}

export async function networksByIds(db: Reader, ids: readonly NetworkId[]): Promise<NetworkWithSubnet[]> {
  if (ids.length === 0) return [];
  return db
    .select({ network: networks, subnet: subnets })
    .from(networks)
    .leftJoin(subnets, eq(subnets.networkId, networks.id))
    .where(and(inArray(networks.id, [...new Set(ids)]), isNull(networks.deletedAt)));
}

export async function networkLock(tx: Tx, id: NetworkId): Promise<NetworkRow | null> {
  const [row] = await tx
    .select()
    .from(networks)
    .where(and(eq(networks.id, id), isNull(networks.deletedAt)))
    .for('update');
  return row ?? null;
}

export async function networkInsert(
  tx: Tx,
  network: typeof networks.$inferInsert,
  subnet: typeof subnets.$inferInsert | null,
): Promise<void> {
  await tx.insert(networks).values(network);
  if (subnet) await tx.insert(subnets).values(subnet);
}

export async function networkUpdate(
  tx: Tx,
  id: NetworkId,
  values: Partial<typeof networks.$inferInsert>,
): Promise<void> {
  await tx.update(networks).set(values).where(eq(networks.id, id));
}

export async function subnetUpdate(
  tx: Tx,
  networkId: NetworkId,
  values: Partial<typeof subnets.$inferInsert>,
): Promise<void> {
  await tx.update(subnets).set(values).where(eq(subnets.networkId, networkId));
}

export async function networkOn(db: Reader, uplink: string, vlan: number): Promise<NetworkRow | null> {
  const [row] = await db
    .select()
    .from(networks)
    .where(and(eq(networks.uplink, uplink), eq(networks.vlan, vlan), isNull(networks.deletedAt)));
  return row ?? null;
}

/** Names of VMs with a NIC in it, the recycle bin's too; at most a few. */
export async function networkVmNames(db: Reader, id: NetworkId): Promise<string[]> {
  const rows = await db
    .selectDistinct({ name: vms.name })
    .from(nics)
    .innerJoin(vms, eq(vms.id, nics.vmId))
    .where(eq(nics.networkId, id))
    .limit(5);
  return rows.map((row) => row.name);
}

export async function networkShapes(db: Reader, rows: readonly NetworkWithSubnet[]): Promise<Network[]> {
  const ids = rows.map((row) => row.network.id);
  if (ids.length === 0) return [];
  const used = await addressCounts(
    db,
    rows.flatMap((row): SubnetId[] => (row.subnet ? [row.subnet.id] : [])),
  );
  const counted = await db
    .select({ id: nics.networkId, n: sql<number>`count(distinct ${nics.vmId})::int` })
    .from(nics)
    .where(inArray(nics.networkId, ids))
    .groupBy(nics.networkId);
  const guests = new Map<string, number>(counted.map((row) => [row.id, row.n]));
  return rows.map(({ network, subnet }) => ({
    id: network.id,
    name: network.name,
    note: network.note,
    uplink: network.uplink,
    vlan: network.vlan,
    mtu: network.mtu,
    state: network.state,
    reason: network.reason,
    subnet: subnet && {
      id: subnet.id,
      cidr: subnet.cidr,
      gateway: subnet.gateway,
      dns: subnet.dns,
      excluded: subnet.excluded,
      dhcp: subnet.dhcp,
      leaseTime: subnet.leaseTime,
      routes: subnet.routes,
      total: addressTotal(subnet),
      used: used.get(subnet.id) ?? 0,
    },
    vms: guests.get(network.id) ?? 0,
    createdAt: network.createdAt.toISOString(),
  }));
}

const sortColumn: Readonly<Record<'name' | 'vlan' | 'createdAt', SQL>> = {
  name: sql`${networks.name}`,
  vlan: sql`${networks.vlan}`,
  createdAt: sql`${networks.createdAt}`,
};

export async function networkPage(
  db: Reader,
  query: {
    readonly sort: { readonly field: 'name' | 'vlan' | 'createdAt'; readonly order: 'asc' | 'desc' };
    readonly search?: string | undefined;
  },
  page: OffsetPage,
): Promise<{ items: Network[]; total: number }> {
  const pattern = query.search ? likePattern(query.search) : null;
  const where = and(
    isNull(networks.deletedAt),
    pattern
      ? sql`(lower(${networks.name}) like ${pattern} or ${networks.id}::text like ${pattern} or ${networks.vlan}::text like ${pattern}
          or exists (select 1 from ${subnets} where ${subnets.networkId} = ${networks.id} and ${subnets.cidr} like ${pattern}))`
      : undefined,
  );
  const order = query.sort.order === 'asc' ? asc : desc;
  const rows = await db
    .select({ network: networks, subnet: subnets })
    .from(networks)
    .leftJoin(subnets, eq(subnets.networkId, networks.id))
    .where(where)
    .orderBy(order(sortColumn[query.sort.field]), asc(networks.id))
    .limit(page.limit)
    .offset(page.offset);
  const [counted] = await db.select({ total: count() }).from(networks).where(where);
  return { items: await networkShapes(db, rows), total: counted?.total ?? 0 };
}

/** Provider networks that hosts report, with how many carry each and the VLANs taken on it. */
export async function uplinkAll(db: Reader): Promise<{ name: string; hosts: number; vlans: number[] }[]> {
  const carried = await db
    .select({ name: sql<string>`unnest(${hosts.providerNetworks})`.as('uplink'), n: count() })
    .from(hosts)
    .where(isNull(hosts.removedAt))
    .groupBy(sql`1`)
    .orderBy(sql`1`);
  const taken = await db
    .select({ uplink: networks.uplink, vlan: networks.vlan })
    .from(networks)
    .where(isNull(networks.deletedAt))
    .orderBy(asc(networks.vlan));
  return carried.map((row) => ({
    name: row.name,
    hosts: row.n,
    vlans: taken.filter((t) => t.uplink === row.name).map((t) => t.vlan),
  }));
}
