/** An image that no disk is a clone of goes, with its snapshot. */
import { z } from 'zod';
import { BasaltError, imageId } from '@basalt/contract';
import { storageById } from '../store/cluster.ts';
import { imageById, imageLock, imageUpdate, uploadDelete } from '../store/image.ts';
import { taskDefine } from '../workflow/task-define.ts';
import { bilingual } from './vm-steps.ts';

const input = z.object({ imageId });

export const imageDelete = taskDefine<z.infer<typeof input>>({
  kind: 'image.delete',
  input,
  cancellable: false,
  deadline: 10 * 60_000,
  steps: [
    {
      key: 'deleteImage',
      deadline: 5 * 60_000,
      noUndo: 'what has been removed cannot be brought back; trying again goes on',
      async run(ctx) {
        const image = await imageById(ctx.services.db, ctx.input.imageId);
        const cluster = image && (await storageById(ctx.services.db, image.storageClusterId));
        if (!cluster) throw new BasaltError('notFound', { kind: 'image' });
        await ctx.services.storage.imageRemove({ pool: cluster.pool, image: image.rbdImage }, { signal: ctx.signal });
      },
    },
    {
      key: 'finish',
      noUndo: 'only writes down what is',
      async run(ctx) {
        await ctx.transact(async (work) => {
          const image = await imageLock(work.tx, ctx.input.imageId);
          if (!image) return;
          await uploadDelete(work.tx, image.id);
          await imageUpdate(work.tx, image.id, { state: 'deleted', deletedAt: new Date(), reason: null });
          work.changed('image', image.id, 'deleted');
          work.event({ kind: 'image', id: image.id, name: image.name, type: 'image.deleted', taskId: ctx.taskId });
        });
      },
    },
  ],
  async unwound(work, { input: { imageId: id }, error }) {
    if (!(await imageLock(work.tx, id))) return;
    await imageUpdate(work.tx, id, { state: 'error', reason: bilingual(error) });
    work.changed('image', id);
  },
});
