/** Hosts: as rows, as the scheduler sees them, and as lists show them. */
import { and, asc, count, desc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { ClusterId, Host, HostId, HostState } from '@basalt/contract';
import type { Candidate } from '../scheduler/place.ts';
import { hostPromise } from './allocation.ts';
import type { Reader, Tx } from './database.ts';
import { likePattern, type OffsetPage } from './page.ts';
import type { Reach } from '../domain/rights.ts';
import { hostReach } from './reach.ts';
import { computeClusters, hosts, LEADER_LEASE, leases, vms } from './schema/index.ts';

export type HostRow = typeof hosts.$inferSelect;

const vmCount = sql<number>`(select count(*) from ${vms} where ${vms.hostId} = ${hosts.id} and ${vms.state} not in ('deleted', 'destroyed'))::int`;

/**
 * Whether the present leader hears the host's agent. While nobody has ever led the token is 0.
 */
const connected = sql<boolean>`coalesce(${hosts.connectedUnder} = coalesce((select ${leases.token} from ${leases} where ${leases.name} = ${LEADER_LEASE}), 0), false)`;

const shapeColumns = {
  host: hosts,
  connected,
  clusterName: computeClusters.name,
  vcpuTotal: hostPromise.vcpu,
  memoryTotal: hostPromise.memory,
  vms: vmCount,
};

interface ShapeRow {
  readonly host: HostRow;
  readonly connected: boolean;
  readonly clusterName: string;
  readonly vcpuTotal: number;
  readonly memoryTotal: number;
  readonly vms: number;
}

const shape = ({ host, connected: heard, clusterName, vcpuTotal, memoryTotal, vms: guests }: ShapeRow): Host => ({
  id: host.id,
  name: host.name,
  address: host.address,
  cluster: { id: host.clusterId, name: clusterName },
  state: host.state,
  reason: host.reason,
  inventory: host.inventory,
  vcpu: {
    total: vcpuTotal,
    allocated: host.allocatedVcpu,
    used: host.cpuUse === null ? null : Math.round(host.cpuUse * vcpuTotal * 100) / 100,
  },
  memory: {
    total: memoryTotal,
    allocated: host.allocatedMemory,
    used:
      host.memoryUsed === null || host.capacityMemory === 0
        ? null
        : Math.round((host.memoryUsed / host.capacityMemory) * memoryTotal),
  },
  cpuUse: host.cpuUse,
  load1: host.load1,
  vms: guests,
  bootedAt: host.bootedAt?.toISOString() ?? null,
  seenAt: host.seenAt?.toISOString() ?? null,
  connected: heard,
  checks: host.checks,
});

/** What the scheduler is asked about; hosts of other clusters are left out beforehand. */
export async function hostCandidates(tx: Reader, clusterId: ClusterId): Promise<Candidate[]> {
  const rows = await tx
    .select({
      id: hosts.id,
      name: hosts.name,
      clusterId: hosts.clusterId,
      clusterName: computeClusters.name,
      state: hosts.state,
      connected,
      architecture: hosts.architecture,
      virtualisation: hosts.virtualisation,
      networks: hosts.providerNetworks,
      storageFailed: sql<boolean>`exists (select 1 from jsonb_array_elements(${hosts.checks}) c where c->>'key' = 'storage' and c->>'verdict' = 'failed')`,
      vcpuTotal: hostPromise.vcpu,
      vcpuAllocated: hosts.allocatedVcpu,
      memoryTotal: hostPromise.memory,
      memoryAllocated: hosts.allocatedMemory,
    })
    .from(hosts)
    .innerJoin(computeClusters, eq(computeClusters.id, hosts.clusterId))
    .where(and(eq(hosts.clusterId, clusterId), isNull(hosts.removedAt)))
    .orderBy(asc(hosts.id));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    clusterId: row.clusterId,
    clusterName: row.clusterName,
    state: row.state,
    connected: row.connected,
    architecture: row.architecture,
    virtualisation: row.virtualisation,
    networks: row.networks,
    storageReachable: !row.storageFailed,
    vcpu: { total: row.vcpuTotal, allocated: row.vcpuAllocated },
    memory: { total: row.memoryTotal, allocated: row.memoryAllocated },
  }));
}

export async function hostById(db: Reader, id: HostId): Promise<HostRow | null> {
  const [row] = await db
    .select()
    .from(hosts)
    .where(and(eq(hosts.id, id), isNull(hosts.removedAt)));
  return row ?? null;
}

export async function hostLock(tx: Tx, id: HostId): Promise<HostRow | null> {
  const [row] = await tx
    .select()
    .from(hosts)
    .where(and(eq(hosts.id, id), isNull(hosts.removedAt)))
    .for('update');
  return row ?? null;
}

export async function hostByName(tx: Tx, name: string): Promise<HostRow | null> {
  const [row] = await tx
    .select()
    .from(hosts)
    .where(and(eq(hosts.name, name), isNull(hosts.removedAt)))
    .for('update');
  return row ?? null;
}

export async function hostUpdate(tx: Tx, id: HostId, values: Partial<typeof hosts.$inferInsert>): Promise<void> {
  await tx.update(hosts).set(values).where(eq(hosts.id, id));
}

/** These have just been heard, with everything up to the event of that number. Locks in the order of ids. */
export async function hostsSeen(tx: Tx, heard: ReadonlyMap<HostId, number>): Promise<void> {
  const rows = JSON.stringify([...heard].map(([id, sequence]) => ({ id, sequence })));
  await tx.execute(sql`
    with heard as materialized (
      select host.id, said.sequence
      from json_to_recordset(${rows}::json) as said(id uuid, sequence bigint)
      join ${hosts} as host on host.id = said.id
      order by host.id
      for update of host)
    update ${hosts} set seen_at = now(), event_sequence = greatest(event_sequence, heard.sequence)
    from heard where ${hosts}.id = heard.id`);
}

/** Under which lease these hosts are heard; null = not heard. Locks in the order of ids. */
export async function hostsConnected(tx: Tx, ids: readonly HostId[], token: number | null): Promise<void> {
  if (ids.length === 0) return;
  const locked = tx
    .select({ id: hosts.id })
    .from(hosts)
    .where(inArray(hosts.id, [...ids]))
    .orderBy(asc(hosts.id))
    .for('update');
  await tx.update(hosts).set({ connectedUnder: token }).where(inArray(hosts.id, locked));
}

export async function hostInsert(tx: Tx, values: typeof hosts.$inferInsert): Promise<void> {
  await tx.insert(hosts).values(values);
}

export async function hostShapes(db: Reader, ids: readonly HostId[]): Promise<Host[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select(shapeColumns)
    .from(hosts)
    .innerJoin(computeClusters, eq(computeClusters.id, hosts.clusterId))
    .where(and(inArray(hosts.id, [...ids]), isNull(hosts.removedAt)));
  return rows.map(shape);
}

/** Names of the VMs that are on this host, defined or running; at most a few. */
export async function hostVmNames(db: Reader, id: HostId): Promise<string[]> {
  const rows = await db
    .select({ name: vms.name })
    .from(vms)
    .where(and(eq(vms.hostId, id), sql`${vms.state} not in ('deleted', 'destroyed')`))
    .orderBy(asc(vms.name))
    .limit(5);
  return rows.map((row) => row.name);
}

export interface HostQuery {
  readonly sort: { readonly field: 'name' | 'state' | 'vms' | 'cpuUse' | 'memory'; readonly order: 'asc' | 'desc' };
  readonly state?: readonly HostState[] | undefined;
  readonly clusterId?: readonly ClusterId[] | undefined;
  readonly search?: string | undefined;
  readonly reach: Reach;
}

const sortColumn: Readonly<Record<HostQuery['sort']['field'], SQL>> = {
  name: sql`${hosts.name}`,
  state: sql`${hosts.state}`,
  vms: vmCount,
  cpuUse: sql`${hosts.cpuUse}`,
  memory: sql`${hosts.allocatedMemory}`,
};

export async function hostPage(
  db: Reader,
  query: HostQuery,
  page: OffsetPage,
): Promise<{ items: Host[]; total: number; states: Record<string, number> }> {
  const pattern = query.search ? likePattern(query.search) : null;
  const base = and(
    isNull(hosts.removedAt),
    hostReach(query.reach),
    query.clusterId ? inArray(hosts.clusterId, [...query.clusterId]) : undefined,
    pattern
      ? sql`(lower(${hosts.name}) like ${pattern} or host(${hosts.address}) like ${pattern} or ${hosts.id}::text like ${pattern})`
      : undefined,
  );
  const order = query.sort.order === 'asc' ? asc : desc;
  const rows = await db
    .select(shapeColumns)
    .from(hosts)
    .innerJoin(computeClusters, eq(computeClusters.id, hosts.clusterId))
    .where(and(base, query.state ? inArray(hosts.state, [...query.state]) : undefined))
    .orderBy(order(sortColumn[query.sort.field]), asc(hosts.name))
    .limit(page.limit)
    .offset(page.offset);
  const counts = await db.select({ state: hosts.state, n: count() }).from(hosts).where(base).groupBy(hosts.state);
  const total = counts.filter((c) => query.state?.includes(c.state) ?? true).reduce((sum, c) => sum + c.n, 0);
  return { items: rows.map(shape), total, states: Object.fromEntries(counts.map((c) => [c.state, c.n])) };
}
