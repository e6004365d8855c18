/** Storage clusters (one Ceph pool each), images and the uploads that become images. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { AccountId, Image, ImageId, ImageState, StorageCluster, StorageClusterId } from '@basalt/contract';
import { bytes, id, instant } from './columns.ts';

export const storageClusters = pgTable('storage_clusters', {
  id: id<StorageClusterId>('id').primaryKey(),
  name: text('name').notNull().unique(),
  pool: text('pool').notNull().unique(),
  media: text('media').$type<StorageCluster['media']>().notNull(),
  replicas: integer('replicas').notNull(),
  failureDomain: text('failure_domain').$type<StorageCluster['failureDomain']>().notNull(),
  /** Per cent of the capacity that thin disks may promise in all. */
  overcommit: integer('overcommit').notNull().default(1000),
  isDefault: boolean('is_default').notNull().default(false),
  health: text('health').$type<StorageCluster['health']>().notNull().default('unknown'),
  checks: jsonb('checks').$type<StorageCluster['checks']>().notNull().default([]),
  /** Bytes a client can store and has stored, after replication; null until first asked. */
  totalBytes: bytes('total_bytes'),
  usedBytes: bytes('used_bytes'),
  osds: integer('osds').notNull().default(0),
  seenAt: instant('seen_at'),
});

export const images = pgTable(
  'images',
  {
    id: id<ImageId>('id').primaryKey(),
    name: text('name').notNull(),
    note: text('note').notNull().default(''),
    kind: text('kind').$type<Image['kind']>().notNull().default('custom'),
    format: text('format').$type<Image['format']>().notNull(),
    state: text('state').$type<ImageState>().notNull(),
    reason: text('reason'),
    osFamily: text('os_family').$type<Image['osFamily']>().notNull(),
    osVersion: text('os_version').notNull().default(''),
    architecture: text('architecture').$type<Image['architecture']>().notNull(),
    firmware: text('firmware').$type<Image['firmware']>().notNull(),
    guestAgent: boolean('guest_agent').notNull(),
    cloudInit: boolean('cloud_init').notNull(),
    defaultUser: text('default_user').notNull(),
    storageClusterId: id<StorageClusterId>('storage_cluster_id')
      .notNull()
      .references(() => storageClusters.id),
    /** Name in the pool: `image-<id>`; clones are made of its protected snapshot `base`. */
    rbdImage: text('rbd_image').notNull(),
    fileSize: bytes('file_size').notNull(),
    virtualSize: bytes('virtual_size'),
    /** As announced; checked against the bytes when they are all there. */
    sha256: text('sha256'),
    ownerId: id<AccountId>('owner_id').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    deletedAt: instant('deleted_at'),
  },
  (t) => [
    uniqueIndex('images_name_live')
      .on(t.name)
      .where(sql`deleted_at is null`),
    index('images_state').on(t.state),
  ],
);

/** The bytes so far of an image that is being uploaded; the row goes when the import has ended. */
export const imageUploads = pgTable('image_uploads', {
  imageId: id<ImageId>('image_id')
    .primaryKey()
    .references(() => images.id, { onDelete: 'cascade' }),
  /** Below the state directory. */
  file: text('file').notNull(),
  received: bytes('received').notNull().default(0),
  /** Of the bytes received, once they are complete. */
  sha256: text('sha256'),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});
