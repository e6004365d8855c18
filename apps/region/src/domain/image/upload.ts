/**
 * Uploads of images (IMG-02). Announced first; the bytes come in order, in parts, and may be continued after any break: how
 * much is there is a row that grows by what has been written. The last byte starts the import task.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BasaltError, type Image, type ImageId, type procedures } from '@basalt/contract';
import type { InputOf } from '@basalt/rpc';
import { newId } from '@basalt/service';
import { storageById, storageDefault } from '../../store/cluster.ts';
import { isUniqueViolation } from '../../store/database.ts';
import {
  imageById,
  imageInsert,
  imageLock,
  imageShapes,
  imageUpdate,
  uploadAdvance,
  uploadById,
  uploadUpdate,
} from '../../store/image.ts';
import type { Context } from '../context.ts';
import { mutate } from '../mutate.ts';
import { actionDemand, existing } from '../refusal.ts';

type CreateInput = InputOf<(typeof procedures)['image']['createUpload']>;

export async function imageShape(ctx: Context, id: ImageId): Promise<Image> {
  return existing((await imageShapes(ctx.services.db, [id]))[0], 'image');
}

/** @throws BasaltError nameTaken, notFound (storage cluster). */
export async function imageAnnounce(ctx: Context, input: CreateInput): Promise<Image> {
  const { requestToken: _token, region: _region, storageClusterId, sha256, ...properties } = input;
  try {
    return await mutate(ctx, { operation: 'image.upload', input }, async (work) => {
      const storage = existing(
        storageClusterId ? await storageById(work.tx, storageClusterId) : await storageDefault(work.tx),
        'storageCluster',
        'storageClusterId',
      );
      const id = newId<ImageId>();
      await imageInsert(
        work.tx,
        {
          ...properties,
          id,
          kind: properties.format === 'iso' ? 'iso' : 'custom',
          state: 'uploading',
          storageClusterId: storage.id,
          rbdImage: `image-${id}`,
          sha256: sha256 ?? null,
          ownerId: ctx.actor.sub,
        },
        join('uploads', `${id}.part`),
      );
      work.changed('image', id, 'created');
      work.log({ resource: { kind: 'image', id, name: input.name }, details: { ...properties, sha256 } });
      return existing((await imageShapes(work.tx, [id]))[0], 'image');
    });
  } catch (error) {
    if (isUniqueViolation(error, 'images_name_live'))
      throw new BasaltError('nameTaken', { name: input.name }, { field: 'name', cause: error });
    throw error;
  }
}

/** Running checksums of uploads this process has received from their first byte on. */
const running = new Map<ImageId, { hash: Hash; received: number }>();
/** Uploads with a part under way: a second one at the same time would write over it. */
const busy = new Set<ImageId>();

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

interface Part {
  readonly offset: number;
  /** Bytes announced, or null when not told. */
  readonly length: number | null;
  readonly bytes: AsyncIterable<Buffer>;
}

/**
 * Writes one part behind what is there.
 * @throws BasaltError notFound; actionRefused (not uploading); uploadOffset with where to go on; payloadTooLarge.
 */
export async function imageReceive(ctx: Context, id: ImageId, part: Part): Promise<Image> {
  const { db, stateDirectory } = ctx.services;
  const image = existing(await imageById(db, id), 'image');
  actionDemand('image', image.state, 'resumeUpload');
  const upload = existing(await uploadById(db, id), 'image');
  if (busy.has(id) || part.offset !== upload.received)
    throw new BasaltError('uploadOffset', { received: upload.received }, { field: 'offset' });
  if (part.offset + (part.length ?? 0) > image.fileSize)
    throw new BasaltError('payloadTooLarge', { max: `${image.fileSize} B` });
  busy.add(id);
  const file = join(stateDirectory, upload.file);
  try {
    const received = await partWrite(id, file, part, image.fileSize);
    if (!(await uploadAdvance(db, id, part.offset, received)))
      throw new BasaltError(
        'uploadOffset',
        { received: (await uploadById(db, id))?.received ?? 0 },
        { field: 'offset' },
      );
    if (received === image.fileSize) await uploadComplete(ctx, id, file);
    else await mutateReceived(ctx, id);
    return await imageShape(ctx, id);
  } finally {
    busy.delete(id);
  }
}

/** Progress for the live stream; no line of the operation log. */
const mutateReceived = (ctx: Context, id: ImageId): Promise<void> =>
  mutate(ctx, { operation: 'image.upload', input: {} }, async (work) => work.changed('image', id));

async function partWrite(id: ImageId, file: string, part: Part, size: number): Promise<number> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const known = running.get(id);
  const sum = part.offset === 0 ? { hash: createHash('sha256'), received: 0 } : known;
  const follow = sum?.received === part.offset ? sum : null;
  const handle = await open(file, part.offset === 0 ? 'w' : 'r+', 0o600);
  let at = part.offset;
  try {
    for await (const chunk of part.bytes) {
      if (at + chunk.length > size) throw new BasaltError('payloadTooLarge', { max: `${size} B` });
      await handle.write(chunk, 0, chunk.length, at);
      follow?.hash.update(chunk);
      at += chunk.length;
    }
    await handle.datasync();
  } catch (error) {
    // the checksum has run ahead of what counts as received: it will be made from the file
    running.delete(id);
    throw error;
  } finally {
    await handle.close();
  }
  if (follow) running.set(id, { hash: follow.hash, received: at });
  return at;
}

async function uploadComplete(ctx: Context, id: ImageId, file: string): Promise<void> {
  const sum = running.get(id);
  running.delete(id);
  const image = existing(await imageById(ctx.services.db, id), 'image');
  const sha256 = sum?.received === image.fileSize ? sum.hash.digest('hex') : await hashOf(file);
  await mutate(ctx, { operation: 'image.upload', input: {} }, async (work) => {
    const row = existing(await imageLock(work.tx, id), 'image');
    actionDemand('image', row.state, 'resumeUpload');
    const target = { kind: 'image', id, name: row.name };
    await uploadUpdate(work.tx, id, { sha256 });
    const taskId = await work.task('image.upload', target, { imageId: id });
    await imageUpdate(work.tx, id, { state: 'checking', reason: null });
    work.changed('image', id);
    work.log({ resource: target, taskId, details: { sha256 } });
  });
}

/** Staging files end with their image; a file that cannot be removed is only disk space. */
export async function stagingRemove(ctx: Context, file: string): Promise<void> {
  await rm(join(ctx.services.stateDirectory, file), { force: true }).catch((error: unknown) =>
    ctx.services.log.warn({ error, file }, 'a staging file could not be removed'),
  );
}

/** For {@link imageCancel}: what this process keeps of an upload. */
export const uploadForget = (id: ImageId): void => void running.delete(id);
