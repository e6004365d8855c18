import { BasaltError, type Image, type ImageId, type TaskId } from '@basalt/contract';
import { differences } from '@basalt/service';
import { isUniqueViolation } from '../../store/database.ts';
import { imageLock, imageShapes, imageUpdate, imageUsers, uploadById, uploadDelete } from '../../store/image.ts';
import { tasksActiveOf } from '../../store/task.ts';
import type { Context } from '../context.ts';
import { mutate } from '../mutate.ts';
import { actionDemand, existing, kindText } from '../refusal.ts';
import { stagingRemove, uploadForget } from './upload.ts';

interface OneImage {
  readonly id: ImageId;
  readonly requestToken?: string | undefined;
}

/** @throws BasaltError notFound, actionRefused, nameTaken. */
export async function imageChange(
  ctx: Context,
  input: OneImage & { readonly name?: string | undefined; readonly note?: string | undefined },
): Promise<Image> {
  const { id, name, note } = input;
  try {
    return await mutate(ctx, { operation: 'image.update', input }, async (work) => {
      const image = existing(await imageLock(work.tx, id), 'image');
      if (name !== undefined) actionDemand('image', image.state, 'rename', 'name');
      if (note !== undefined) actionDemand('image', image.state, 'changeNote', 'note');
      if (name !== undefined || note !== undefined) {
        await imageUpdate(work.tx, id, {
          ...(name === undefined ? {} : { name }),
          ...(note === undefined ? {} : { note }),
        });
        work.changed('image', id);
        work.log({
          resource: { kind: 'image', id, name: name ?? image.name },
          details: differences(image, { name, note }),
        });
      }
      return existing((await imageShapes(work.tx, [id]))[0], 'image');
    });
  } catch (error) {
    if (name !== undefined && isUniqueViolation(error, 'images_name_live'))
      throw new BasaltError('nameTaken', { name }, { field: 'name', cause: error });
    throw error;
  }
}

/** Ends an upload, or asks the import to stop and undo. The image stays in the list as failed only if it was importing. */
export async function imageCancel(ctx: Context, input: OneImage): Promise<Image> {
  let staged: string | null = null;
  const shape = await mutate(ctx, { operation: 'image.cancelUpload', input }, async (work) => {
    const image = existing(await imageLock(work.tx, input.id), 'image');
    actionDemand('image', image.state, 'cancel');
    const before = existing((await imageShapes(work.tx, [image.id]))[0], 'image');
    work.log({ resource: { kind: 'image', id: image.id, name: image.name } });
    const task = (await tasksActiveOf(work.tx, [image.id])).get(image.id);
    if (task) {
      await ctx.services.tasks.cancel(work, task.id);
      work.changed('image', image.id);
      return before;
    }
    staged = (await uploadById(work.tx, image.id))?.file ?? null;
    await uploadDelete(work.tx, image.id);
    await imageUpdate(work.tx, image.id, { state: 'deleted', deletedAt: new Date() });
    work.changed('image', image.id, 'deleted');
    return { ...before, state: 'deleted' as const };
  });
  uploadForget(input.id);
  if (staged) await stagingRemove(ctx, staged);
  return shape;
}

/** @throws BasaltError notFound, actionRefused, inUse. */
export function imageDelete(ctx: Context, input: OneImage): Promise<{ taskId: TaskId }> {
  return mutate(ctx, { operation: 'image.delete', input }, async (work) => {
    const image = existing(await imageLock(work.tx, input.id), 'image');
    actionDemand('image', image.state, 'delete');
    const users = await imageUsers(work.tx, image.id);
    if (users.length > 0) throw new BasaltError('inUse', { kind: kindText('image'), users: users.join(', ') });
    const target = { kind: 'image', id: image.id, name: image.name };
    const taskId = await work.task('image.delete', target, { imageId: image.id });
    await imageUpdate(work.tx, image.id, { state: 'deleting', reason: null });
    work.changed('image', image.id);
    work.log({ resource: target, taskId });
    return { taskId };
  });
}
