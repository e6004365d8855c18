/** What has had its time: uploads nobody goes on with, tickets, tokens, answers kept for repetition, the outbox. */
import { rm } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { and, eq, inArray, lt } from 'drizzle-orm';
import { both } from '@basalt/contract';
import { historyTrim } from '../store/event.ts';
import { imageUpdate } from '../store/image.ts';
import { consoleTickets, images, imageUploads } from '../store/schema/index.ts';
import type { Reconciler } from './reconciler.ts';

const HOUR = 3_600_000;

/** An upload that got no byte for a day is given up. */
export const uploadsReconciler: Reconciler = {
  name: 'uploads',
  every: 10 * 60_000,
  async run(ctx) {
    const rows = await ctx.services.db
      .select({ id: images.id, name: images.name, file: imageUploads.file })
      .from(imageUploads)
      .innerJoin(images, eq(images.id, imageUploads.imageId))
      .where(
        and(
          inArray(images.state, ['uploading', 'error']),
          lt(imageUploads.updatedAt, new Date(Date.now() - 24 * HOUR)),
        ),
      );
    const root = resolve(ctx.services.settings.stateDirectory);
    for (const row of rows) {
      await ctx.transact(async (work) => {
        await work.tx.delete(imageUploads).where(eq(imageUploads.imageId, row.id));
        await imageUpdate(work.tx, row.id, {
          state: 'error',
          reason: both('上传中断超过 24 小时，已清理', 'The upload was abandoned for 24 hours and has been removed'),
        });
        work.changed('image', row.id);
        work.event({ kind: 'image', id: row.id, name: row.name, type: 'image.uploadAbandoned', level: 'warning' });
      });
      const path = resolve(root, row.file);
      if (path.startsWith(root + sep)) await rm(path, { force: true });
    }
    return { abandoned: rows.length };
  },
};

export const expiryReconciler: Reconciler = {
  name: 'expiry',
  every: 60_000,
  async run(ctx) {
    await ctx.transact(async (work) => {
      await historyTrim(work.tx);
      await work.tx.delete(consoleTickets).where(lt(consoleTickets.expiresAt, new Date(Date.now() - HOUR)));
    });
    return {};
  },
};
