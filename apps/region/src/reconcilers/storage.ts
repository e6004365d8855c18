/** Pools: capacity and health as Ceph tells them, images that nobody wants, and what disks really take. */
import { eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import { disks, images, storageClusters } from '../store/schema/index.ts';
import { findingsReplace, healthSet } from './findings.ts';
import type { Reconciler } from './reconciler.ts';

const worst = { healthy: 0, unknown: 1, warning: 2, error: 3 } as const;

export const storageReconciler: Reconciler = {
  name: 'storage',
  every: 15_000,
  async run(ctx) {
    const { db, storage } = ctx.services;
    const clusters = await db.select().from(storageClusters);
    let health: keyof typeof worst = 'healthy';
    for (const cluster of clusters) {
      const facts = await storage.poolFacts(cluster.pool, { signal: ctx.signal }).catch((error: unknown) => {
        ctx.services.log.warn({ pool: cluster.pool, error }, 'pool does not answer');
        return null;
      });
      const next = facts?.health ?? 'unknown';
      if (worst[next] > worst[health]) health = next;
      await ctx.transact(async (work) => {
        await work.tx
          .update(storageClusters)
          .set(
            facts
              ? {
                  health: facts.health,
                  checks: facts.checks,
                  totalBytes: facts.total,
                  usedBytes: facts.used,
                  osds: facts.osds,
                  seenAt: new Date(),
                }
              : { health: 'unknown' },
          )
          .where(eq(storageClusters.id, cluster.id));
        const isNew =
          facts?.total !== cluster.totalBytes || facts?.used !== cluster.usedBytes || next !== cluster.health;
        if (isNew) work.changed('storageCluster', cluster.id);
      });
    }
    await ctx.transact((work) => healthSet(work, 'ceph', health, { pools: clusters.length }));
    return { pools: clusters.length };
  },
};

/** Images of ours in a pool that no row wants are reported; disks whose image is gone are said to have failed. */
export const imagesReconciler: Reconciler = {
  name: 'images',
  every: 60_000,
  async run(ctx) {
    const { db, storage } = ctx.services;
    if (!storage.showsDisks) return {};
    let orphans = 0;
    let lost = 0;
    for (const cluster of await db.select().from(storageClusters)) {
      const before = new Set(await storage.imageNames(cluster.pool, { signal: ctx.signal }));
      const ownDisks = await db.select().from(disks).where(eq(disks.storageClusterId, cluster.id));
      const ownImages = await db.select({ name: images.rbdImage }).from(images).where(isNull(images.deletedAt));
      const names = new Set(await storage.imageNames(cluster.pool, { signal: ctx.signal }));
      const wanted = new Set([...ownDisks.map((row) => row.rbdImage), ...ownImages.map((row) => row.name)]);
      // ours by name, there at both readings, and wanted by nobody
      const left = [...names].filter((n) => /^(disk|image)-[0-9a-f-]{36}$/u.test(n) && !wanted.has(n) && before.has(n));
      const missing = ownDisks.filter(
        (row) => row.state === 'attached' && !names.has(row.rbdImage) && !before.has(row.rbdImage),
      );
      await ctx.transact(async (work) => {
        await findingsReplace(
          work,
          'orphans',
          `${cluster.id}/`,
          left.map((name) => ({
            resourceKind: 'rbdImage',
            resourceId: name,
            resourceName: name,
            params: { pool: cluster.pool },
          })),
        );
        if (missing.length > 0) {
          const ids = missing.map((row) => row.id);
          await work.tx.update(disks).set({ state: 'error' }).where(inArray(disks.id, ids));
          for (const row of missing) {
            if (row.vmId) work.changed('vm', row.vmId);
            work.event({ kind: 'disk', id: row.id, name: row.name, type: 'disk.missing', level: 'error' });
          }
        }
      });
      orphans += left.length;
      lost += missing.length;
    }
    return { orphans, lost };
  },
};

/** Bytes that disks really take. Slow on big pools: a few at a time, and not often. */
export const diskUseReconciler: Reconciler = {
  name: 'diskUse',
  every: 300_000,
  async run(ctx) {
    const { db, storage } = ctx.services;
    if (!storage.showsDisks) return {};
    const rows = await db
      .select({
        id: disks.id,
        vmId: disks.vmId,
        image: disks.rbdImage,
        pool: storageClusters.pool,
        used: disks.usedBytes,
      })
      .from(disks)
      .innerJoin(storageClusters, eq(storageClusters.id, disks.storageClusterId))
      .where(isNotNull(disks.vmId));
    let measured = 0;
    for (const row of rows) {
      ctx.signal.throwIfAborted();
      const used = await storage
        .imageUsed({ pool: row.pool, image: row.image }, { signal: ctx.signal })
        .catch(() => null);
      if (used === null || used === row.used) continue;
      measured += 1;
      await ctx.transact(async (work) => {
        await work.tx.update(disks).set({ usedBytes: used }).where(eq(disks.id, row.id));
        if (row.vmId) work.changed('vm', row.vmId);
      });
    }
    return { disks: rows.length, measured };
  },
};
