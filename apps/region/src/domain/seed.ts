/** What a region starts with: one compute cluster, the usual flavours, and a storage cluster per pool it was told of. */
import { sql } from 'drizzle-orm';
import type { ClusterId, FlavorId, StorageCluster, StorageClusterId } from '@basalt/contract';
import { newId } from '@basalt/service';
import type { Database } from '../store/database.ts';
import { computeClusters, flavors, storageClusters } from '../store/schema/index.ts';

const GIB = 1024 ** 3;

/** Per cent. Thin disks may promise far more than there is; what keeps a pool from filling is its real use (see create-plan). */
const THIN_PROMISE = 10_000;

export interface PoolSetting {
  readonly name: string;
  readonly pool: string;
  readonly media: StorageCluster['media'];
  readonly replicas: number;
  readonly failureDomain: StorageCluster['failureDomain'];
}

/** vCPU and GiB; the second is what the form offers. */
const sizes = [
  [1, 2],
  [2, 4],
  [4, 8],
  [8, 16],
  [16, 32],
  [32, 64],
] as const;

/** Safe to repeat, and by several processes at once: what is there stays as it is. Pools may be added later. */
export async function regionSeed(db: Database, pools: readonly PoolSetting[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(7340004)`);
    const clusters = await tx.select({ id: computeClusters.id }).from(computeClusters).limit(1);
    if (clusters.length === 0)
      await tx.insert(computeClusters).values({ id: newId<ClusterId>(), name: 'default', isDefault: true });
    await tx
      .insert(flavors)
      .values(
        sizes.map(([vcpu, gib], rank) => ({
          id: newId<FlavorId>(),
          name: `${vcpu}C${gib}G`,
          vcpu,
          memory: gib * GIB,
          isDefault: rank === 1,
          rank,
        })),
      )
      .onConflictDoNothing({ target: flavors.name });
    const known = await tx.select({ pool: storageClusters.pool }).from(storageClusters);
    const added = pools.filter((pool) => !known.some((row) => row.pool === pool.pool));
    if (added.length > 0)
      await tx.insert(storageClusters).values(
        added.map((pool, i) => ({
          ...pool,
          overcommit: THIN_PROMISE,
          id: newId<StorageClusterId>(),
          isDefault: known.length === 0 && i === 0,
        })),
      );
  });
}
