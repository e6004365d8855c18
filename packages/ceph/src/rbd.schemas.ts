/** Shapes of what `rbd --format json` writes (16.2), and their translation into ours. */
import { z } from 'zod';
import type { ImageInfo, ImageLock, ImageUsage, SnapInfo, TrashEntry, Watcher } from './types.ts';

/** Ceph's tools write times as `Fri Nov 20 13:25:50 2026`, in the time zone of the process: we run them in UTC. */
export function isoTime(text: string): string | null {
  const time = Date.parse(`${text} UTC`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

const EPOCH = new Date(0).toISOString();

export const imageInfo = z
  .object({
    id: z.string(),
    name: z.string(),
    size: z.number(),
    object_size: z.number(),
    snapshot_count: z.number(),
    features: z.array(z.string()),
    create_timestamp: z.string(),
    parent: z
      .object({ pool: z.string(), image: z.string(), snapshot: z.string(), trash: z.boolean().default(false) })
      .optional(),
  })
  .transform((raw): ImageInfo => ({
    id: raw.id,
    name: raw.name,
    size: raw.size,
    objectSize: raw.object_size,
    features: raw.features,
    createdAt: isoTime(raw.create_timestamp) ?? EPOCH,
    snapshotCount: raw.snapshot_count,
    parent:
      raw.parent === undefined
        ? null
        : { pool: raw.parent.pool, image: raw.parent.image, snap: raw.parent.snapshot, trashed: raw.parent.trash },
  }));

export const watchers = z
  .object({
    watchers: z.array(z.object({ address: z.string(), client: z.number(), cookie: z.number() })),
  })
  .transform((raw): Watcher[] =>
    raw.watchers.map(({ address, client, cookie }) => ({
      address,
      client: `client.${client}`,
      cookie: String(cookie),
    })),
  );

export const names = z.array(z.string());

export const snaps = z
  .array(
    z.object({
      id: z.number(),
      name: z.string(),
      size: z.number(),
      protected: z.union([z.boolean(), z.enum(['true', 'false'])]),
      timestamp: z.string(),
    }),
  )
  .transform((raw): SnapInfo[] =>
    raw.map((snap) => ({
      id: snap.id,
      name: snap.name,
      size: snap.size,
      protected: snap.protected === true || snap.protected === 'true',
      createdAt: isoTime(snap.timestamp),
    })),
  );

export const usage = z
  .object({
    images: z.array(
      z.object({
        name: z.string(),
        snapshot: z.string().optional(),
        provisioned_size: z.number(),
        used_size: z.number(),
      }),
    ),
  })
  .transform((raw): ImageUsage[] =>
    raw.images.map((image) => ({
      name: image.name,
      snap: image.snapshot ?? null,
      provisioned: image.provisioned_size,
      used: image.used_size,
    })),
  );

export const children = z
  .array(z.object({ pool: z.string(), image: z.string().optional(), trash: z.boolean().optional() }))
  .transform((raw) => raw.flatMap(({ pool, image }) => (image === undefined ? [] : [{ pool, image }])));

export const locks = z
  .array(z.object({ id: z.string(), locker: z.string(), address: z.string() }))
  .transform((raw): ImageLock[] => raw);

export const trash = z
  .array(z.object({ id: z.string(), name: z.string(), deleted_at: z.string(), status: z.string() }))
  .transform((raw): TrashEntry[] =>
    raw.map((entry) => {
      const until = /protected until (.+)$/.exec(entry.status)?.[1];
      return {
        id: entry.id,
        name: entry.name,
        deletedAt: isoTime(entry.deleted_at),
        deferUntil: until === undefined ? null : isoTime(until),
      };
    }),
  );
