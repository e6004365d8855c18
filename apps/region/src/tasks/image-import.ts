/**
 * A file somebody has uploaded becomes an image. It is hostile until proved otherwise: its real format is detected and
 * everything that names other files is refused, before any tool opens it as a disk.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { BasaltError, both, imageId, type ErrorCode, type ImageId, type ImageState } from '@basalt/contract';
import { storageById } from '../store/cluster.ts';
import type { Reader } from '../store/database.ts';
import {
  imageById,
  imageLock,
  imageUpdate,
  uploadById,
  uploadDelete,
  uploadUpdate,
  type ImageRow,
} from '../store/image.ts';
import type { Work } from '../store/transact.ts';
import { taskDefine, type StepContext } from '../workflow/task-define.ts';
import { bilingual } from './vm-steps.ts';

const input = z.object({ imageId });
type Input = z.infer<typeof input>;
type Ctx = StepContext<Input>;

/** Errors after which the same bytes would be refused again. */
const hopeless: ReadonlySet<ErrorCode> = new Set(['imageNotWhatItSays', 'imageRefused', 'checksumMismatch']);

async function imageMust(db: Reader, id: ImageId): Promise<ImageRow> {
  const image = await imageById(db, id);
  if (!image) throw new BasaltError('notFound', { kind: 'image' });
  return image;
}

/** The staged file; below the state directory whatever the row says. */
async function stagedFile({ services, input: { imageId: id } }: Ctx): Promise<string> {
  const upload = await uploadById(services.db, id);
  if (!upload) throw new BasaltError('notFound', { kind: 'upload' });
  return fileBelow(services.settings.stateDirectory, upload.file);
}

function fileBelow(directory: string, file: string): string {
  const root = resolve(directory);
  const path = resolve(root, file);
  if (!path.startsWith(root + sep))
    throw new BasaltError('internal', {}, { detail: 'an upload outside the state directory' });
  return path;
}

async function place(ctx: Ctx): Promise<{ readonly image: ImageRow; readonly at: { pool: string; image: string } }> {
  const image = await imageMust(ctx.services.db, ctx.input.imageId);
  const cluster = await storageById(ctx.services.db, image.storageClusterId);
  if (!cluster) throw new BasaltError('notFound', { kind: 'storageCluster' });
  return { image, at: { pool: cluster.pool, image: image.rbdImage } };
}

async function imageState(
  work: Work,
  id: ImageId,
  state: ImageState,
  values: Parameters<typeof imageUpdate>[2] = {},
): Promise<void> {
  if (!(await imageLock(work.tx, id))) return;
  await imageUpdate(work.tx, id, { reason: null, ...values, state });
  work.changed('image', id, state === 'deleted' ? 'deleted' : 'updated');
}

async function checksum(ctx: Ctx, path: string, wanted: string | null): Promise<void> {
  const upload = await uploadById(ctx.services.db, ctx.input.imageId);
  let found = upload?.sha256 ?? null;
  if (found === null) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash, { signal: ctx.signal });
    found = hash.digest('hex');
    await uploadUpdate(ctx.services.db, ctx.input.imageId, { sha256: found });
  }
  if (wanted !== null && wanted !== found) throw new BasaltError('checksumMismatch');
}

export const imageImport = taskDefine<Input>({
  kind: 'image.upload',
  input,
  cancellable: true,
  deadline: 6 * 3_600_000,
  steps: [
    {
      key: 'check',
      deadline: 30 * 60_000,
      noUndo: 'only reads',
      async run(ctx) {
        await ctx.transact((work) => imageState(work, ctx.input.imageId, 'checking'));
        const path = await stagedFile(ctx);
        const { image } = await place(ctx);
        await checksum(ctx, path, image.sha256);
        const { virtualSize } = await ctx.services.storage.imageInspect(
          { path, format: image.format },
          { signal: ctx.signal },
        );
        await ctx.transact((work) => imageState(work, ctx.input.imageId, 'importing', { virtualSize }));
        return { virtualSize };
      },
    },
    {
      key: 'convert',
      deadline: 5 * 3_600_000,
      async run(ctx) {
        const path = await stagedFile(ctx);
        const { image, at } = await place(ctx);
        await ctx.services.storage.imageImport({ path, format: image.format }, at, (share) => ctx.progress(share), {
          signal: ctx.signal,
        });
      },
      async undo(ctx) {
        const { at } = await place(ctx);
        await ctx.services.storage.imageRemove(at, { signal: ctx.signal });
      },
    },
    {
      key: 'publish',
      noUndo: 'the end of the task withdraws it',
      async run(ctx) {
        const { db, settings } = ctx.services;
        const upload = await uploadById(db, ctx.input.imageId);
        await ctx.transact(async (work) => {
          const image = await imageMust(work.tx, ctx.input.imageId);
          await imageState(work, image.id, 'available', upload?.sha256 ? { sha256: upload.sha256 } : {});
          await uploadDelete(work.tx, image.id);
          work.event({ kind: 'image', id: image.id, name: image.name, type: 'image.imported', taskId: ctx.taskId });
        });
        if (upload) await rm(fileBelow(settings.stateDirectory, upload.file), { force: true });
      },
    },
  ],
  async unwound(work, { taskId, input: { imageId: id }, outcome, error }) {
    const image = await imageLock(work.tx, id);
    if (!image) return;
    if (outcome === 'cancelled') {
      await uploadDelete(work.tx, id);
      await imageState(work, id, 'deleted', { deletedAt: new Date() });
      return;
    }
    if (hopeless.has(error.code)) await uploadDelete(work.tx, id);
    await imageState(work, id, 'error', { reason: bilingual(error) });
    work.event({
      kind: 'image',
      id,
      name: image.name,
      type: 'image.importFailed',
      level: 'error',
      params: { code: error.code, reason: bilingual(error) },
      taskId,
    });
  },
  async retry(work, { imageId: id }) {
    if (!(await uploadById(work.tx, id)))
      throw new BasaltError('actionRefused', {
        reason: both('上传的文件已清理，请重新上传', 'The uploaded file has been removed; upload it again'),
      });
    await imageState(work, id, 'checking');
  },
});
