import { BasaltError, type ClusterId, type ComputeCluster, type Flavor, type StorageCluster } from '@basalt/contract';
import { differences } from '@basalt/service';
import {
  clusterAll,
  clusterById,
  clusterRename,
  clusterTotals,
  clusterVmCounts,
  flavorAll,
  storageAll,
  storageAllocated,
} from '../store/cluster.ts';
import { isUniqueViolation, type Reader } from '../store/database.ts';
import type { Context } from './context.ts';
import { mutate } from './mutate.ts';
import { existing } from './refusal.ts';

export async function computeClusterShapes(db: Reader): Promise<ComputeCluster[]> {
  const clusters = await clusterAll(db);
  const totals = new Map((await clusterTotals(db)).map((row) => [row.clusterId, row]));
  const guests = new Map((await clusterVmCounts(db)).map((row) => [row.clusterId, row.vms]));
  return clusters.map((cluster): ComputeCluster => {
    const sum = totals.get(cluster.id);
    const vcpu = { total: sum?.vcpu ?? 0, allocated: sum?.vcpuAllocated ?? 0, used: sum?.vcpuUsed ?? null };
    const memory = { total: sum?.memory ?? 0, allocated: sum?.memoryAllocated ?? 0, used: sum?.memoryUsed ?? null };
    const full = (c: { total: number; allocated: number }) => c.total > 0 && c.allocated >= c.total * 0.9;
    return {
      id: cluster.id,
      name: cluster.name,
      architecture: cluster.architecture,
      hosts: sum?.hosts ?? 0,
      hostsAvailable: sum?.available ?? 0,
      vms: guests.get(cluster.id) ?? 0,
      cpuOvercommit: cluster.cpuOvercommit,
      memoryOvercommit: cluster.memoryOvercommit,
      vcpu,
      memory,
      warnings: [
        ...((sum?.hosts ?? 0) < 3 ? (['fewHosts'] as const) : []),
        ...((sum?.down ?? 0) > 0 ? (['hostsDown'] as const) : []),
        ...(full(vcpu) ? (['cpuFull'] as const) : []),
        ...(full(memory) ? (['memoryFull'] as const) : []),
      ],
    };
  });
}

/** @throws BasaltError notFound, nameTaken. */
export async function computeClusterRename(
  ctx: Context,
  input: { readonly id: ClusterId; readonly name: string; readonly requestToken?: string | undefined },
): Promise<ComputeCluster> {
  try {
    return await mutate(ctx, { operation: 'computeCluster.rename', input }, async (work) => {
      const before = existing(await clusterById(work.tx, input.id), 'cluster');
      await clusterRename(work.tx, input.id, input.name);
      work.changed('cluster', input.id);
      work.log({
        resource: { kind: 'cluster', id: input.id, name: input.name },
        details: differences(before, { name: input.name }),
      });
      const shapes = await computeClusterShapes(work.tx);
      return existing(
        shapes.find((shape) => shape.id === input.id),
        'cluster',
      );
    });
  } catch (error) {
    if (isUniqueViolation(error, 'compute_clusters_name_unique'))
      throw new BasaltError('nameTaken', { name: input.name }, { field: 'name', cause: error });
    throw error;
  }
}

export async function storageClusterShapes(db: Reader): Promise<StorageCluster[]> {
  const allocated = await storageAllocated(db);
  return (await storageAll(db)).map((row) => ({
    id: row.id,
    name: row.name,
    pool: row.pool,
    media: row.media,
    replicas: row.replicas,
    failureDomain: row.failureDomain,
    health: row.health,
    checks: row.checks,
    capacity: { total: row.totalBytes ?? 0, allocated: allocated.get(row.id) ?? 0, used: row.usedBytes },
    disks: row.osds,
  }));
}

const FLAVORS_KEPT_MS = 1_000;
const flavorsKept = new WeakMap<Reader, { readonly at: number; readonly shapes: Promise<Flavor[]> }>();

/** Flavors come with a release and nothing changes them while it runs, so one answer serves everybody for a second. */
export function flavorShapes(db: Reader): Promise<Flavor[]> {
  const kept = flavorsKept.get(db);
  if (kept && Date.now() - kept.at < FLAVORS_KEPT_MS) return kept.shapes;
  const shapes = flavorAll(db).then((rows) =>
    rows.map(({ id, name, vcpu, memory, isDefault }) => ({ id, name, vcpu, memory, isDefault })),
  );
  flavorsKept.set(db, { at: Date.now(), shapes });
  shapes.catch(() => flavorsKept.delete(db));
  return shapes;
}
