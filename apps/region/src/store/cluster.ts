/** Compute clusters, storage clusters and flavours. */
import { and, asc, count, eq, isNull, sql, sum } from 'drizzle-orm';
import type { ClusterId, FlavorId, StorageClusterId } from '@basalt/contract';
import type { Reader, Tx } from './database.ts';
import { computeClusters, disks, flavors, hosts, storageClusters, vms } from './schema/index.ts';
import { hostPromise } from './allocation.ts';

export type ClusterRow = typeof computeClusters.$inferSelect;
export type StorageRow = typeof storageClusters.$inferSelect;
export type FlavorRow = typeof flavors.$inferSelect;

export const clusterAll = (db: Reader): Promise<ClusterRow[]> =>
  db.select().from(computeClusters).orderBy(asc(computeClusters.name));

export async function clusterById(db: Reader, id: ClusterId): Promise<ClusterRow | null> {
  const [row] = await db.select().from(computeClusters).where(eq(computeClusters.id, id));
  return row ?? null;
}

export async function clusterDefault(db: Reader): Promise<ClusterRow | null> {
  const [row] = await db
    .select()
    .from(computeClusters)
    .orderBy(sql`${computeClusters.isDefault} desc`, asc(computeClusters.createdAt))
    .limit(1);
  return row ?? null;
}

export async function clusterRename(tx: Tx, id: ClusterId, name: string): Promise<boolean> {
  const rows = await tx
    .update(computeClusters)
    .set({ name })
    .where(eq(computeClusters.id, id))
    .returning({ id: computeClusters.id });
  return rows.length > 0;
}

/** Per cluster what its hosts may promise and have promised; hosts that are gone count in `hosts` only. */
export const clusterTotals = (db: Reader) =>
  db
    .select({
      clusterId: hosts.clusterId,
      hosts: count(),
      available: sql<number>`count(*) filter (where ${hosts.state} = 'available')::int`,
      down: sql<number>`count(*) filter (where ${hosts.state} in ('unreachable', 'failed', 'fencing'))::int`,
      vcpu: sql<number>`coalesce(sum(${hostPromise.vcpu}) filter (where ${hosts.state} in ('available', 'locked')), 0)::int`,
      vcpuAllocated: sql<number>`coalesce(sum(${hosts.allocatedVcpu}), 0)::int`,
      vcpuUsed: sql<
        number | null
      >`sum(${hosts.cpuUse} * ${hostPromise.vcpu}) filter (where ${hosts.state} in ('available', 'locked'))`.mapWith(
        Number,
      ),
      memory:
        sql<number>`coalesce(sum(${hostPromise.memory}) filter (where ${hosts.state} in ('available', 'locked')), 0)`.mapWith(
          Number,
        ),
      memoryAllocated: sql<number>`coalesce(sum(${hosts.allocatedMemory}), 0)`.mapWith(Number),
      memoryUsed: sql<
        number | null
      >`sum(${hosts.memoryUsed}::float8 / nullif(${hosts.capacityMemory}, 0) * ${hostPromise.memory}) filter (where ${hosts.state} in ('available', 'locked'))`.mapWith(
        Number,
      ),
    })
    .from(hosts)
    .innerJoin(computeClusters, eq(computeClusters.id, hosts.clusterId))
    .where(isNull(hosts.removedAt))
    .groupBy(hosts.clusterId);

export const clusterVmCounts = (db: Reader) =>
  db
    .select({ clusterId: vms.clusterId, vms: count() })
    .from(vms)
    .where(sql`${vms.state} not in ('deleted', 'destroyed')`)
    .groupBy(vms.clusterId);

export const storageAll = (db: Reader): Promise<StorageRow[]> =>
  db.select().from(storageClusters).orderBy(asc(storageClusters.name));

export async function storageById(db: Reader, id: StorageClusterId): Promise<StorageRow | null> {
  const [row] = await db.select().from(storageClusters).where(eq(storageClusters.id, id));
  return row ?? null;
}

export async function storageDefault(db: Reader): Promise<StorageRow | null> {
  const [row] = await db
    .select()
    .from(storageClusters)
    .orderBy(sql`${storageClusters.isDefault} desc`, asc(storageClusters.name))
    .limit(1);
  return row ?? null;
}

/** Bytes that thin disks promise, per storage cluster. */
export async function storageAllocated(db: Reader, only?: StorageClusterId): Promise<Map<string, number>> {
  const rows = await db
    .select({ id: disks.storageClusterId, bytes: sum(disks.size).mapWith(Number) })
    .from(disks)
    .where(only ? eq(disks.storageClusterId, only) : undefined)
    .groupBy(disks.storageClusterId);
  return new Map(rows.map((row) => [row.id, row.bytes ?? 0]));
}

export const flavorAll = (db: Reader): Promise<FlavorRow[]> =>
  db.select().from(flavors).orderBy(asc(flavors.rank), asc(flavors.name));

export async function flavorById(db: Reader, id: FlavorId): Promise<FlavorRow | null> {
  const [row] = await db
    .select()
    .from(flavors)
    .where(and(eq(flavors.id, id)));
  return row ?? null;
}
