/** The part of RBD that goes through the resident helper: what is called often and answers fast. */
import { z } from 'zod';
import { checkShape } from './cli.ts';
import { checkName, checkSize, imageSpec, snapSpec } from './names.ts';
import type { Rbd } from './rbd.types.ts';
import type { Sidecar } from './sidecar/sidecar.ts';
import type { CallOptions, ImageRef, SnapRef } from './types.ts';

/** Calls the helper can make; the rest moves data and stays with the command line. */
export type HotRbd = Omit<
  Rbd,
  'imageFlatten' | 'imageUsage' | 'imageChildren' | 'trashRemove' | 'importStream' | 'importFile'
>;

const time = z.string().nullable();
const infoShape = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number(),
  objectSize: z.number(),
  features: z.array(z.string()),
  createdAt: z.string(),
  snapshotCount: z.number(),
  parent: z.object({ pool: z.string(), image: z.string(), snap: z.string(), trashed: z.boolean() }).nullable(),
});
const watchersShape = z.array(z.object({ address: z.string(), client: z.string(), cookie: z.string() }));
const locksShape = z.array(z.object({ locker: z.string(), id: z.string(), address: z.string() }));
const snapsShape = z.array(
  z.object({ id: z.number(), name: z.string(), size: z.number(), protected: z.boolean(), createdAt: time }),
);
const trashShape = z.array(z.object({ id: z.string(), name: z.string(), deletedAt: time, deferUntil: time }));

/** Checks the names and gives the parameters as the helper takes them. */
const imageOf = (ref: ImageRef) => (imageSpec(ref), { pool: ref.pool, image: ref.image });
const snapOf = (ref: SnapRef) => (snapSpec(ref), { pool: ref.pool, image: ref.image, snap: ref.snap });
const REMOVE_TIMEOUT_MS = 10 * 60_000;

export function rbdSidecar(sidecar: Sidecar): HotRbd {
  const act = async (method: string, params: unknown, options?: CallOptions): Promise<void> => {
    await sidecar.call(method, params, options);
  };
  const ask = async <T>(shape: z.ZodType<T>, method: string, params: unknown, options?: CallOptions): Promise<T> =>
    checkShape(shape, await sidecar.call(method, params, options), method);
  return {
    imageCreate: async (ref, size, options) => act('image_create', { ...imageOf(ref), size: checkSize(size) }, options),
    imageClone: async (from, to, options) => act('image_clone', { from: snapOf(from), to: imageOf(to) }, options),
    imageInfo: async (ref, options) => ask(infoShape, 'image_info', imageOf(ref), options),
    imageWatchers: async (ref, options) => ask(watchersShape, 'image_watchers', imageOf(ref), options),
    imageList: async (pool, options) =>
      ask(z.array(z.string()), 'image_list', { pool: checkName(pool, 'pool') }, options),
    imageRemove: async (ref, options) =>
      act('image_remove', imageOf(ref), { timeoutMs: REMOVE_TIMEOUT_MS, ...options }),
    imageGrow: async (ref, size, options) => act('image_grow', { ...imageOf(ref), size: checkSize(size) }, options),
    imageLocks: async (ref, options) => ask(locksShape, 'image_locks', imageOf(ref), options),
    snapCreate: async (ref, options) => act('snap_create', snapOf(ref), options),
    snapProtect: async (ref, options) => act('snap_protect', snapOf(ref), options),
    snapUnprotect: async (ref, options) => act('snap_unprotect', snapOf(ref), options),
    snapRemove: async (ref, options) => act('snap_remove', snapOf(ref), options),
    snapList: async (ref, options) => ask(snapsShape, 'snap_list', imageOf(ref), options),
    trashMove: async (ref, options) =>
      act('trash_move', { ...imageOf(ref), deferSeconds: Math.ceil((options?.deferMs ?? 0) / 1000) }, options),
    trashList: async (pool, options) => ask(trashShape, 'trash_list', { pool: checkName(pool, 'pool') }, options),
    trashRestore: async (pool, id, options) =>
      act(
        'trash_restore',
        {
          pool: checkName(pool, 'pool'),
          id: checkName(id, 'id'),
          ...(options?.name === undefined ? {} : { name: checkName(options.name, 'image') }),
        },
        options,
      ),
  };
}
