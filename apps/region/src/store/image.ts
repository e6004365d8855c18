/** Images and their uploads. */
import { and, asc, count, desc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { Image, ImageId, ImageState } from '@basalt/contract';
import type { Reader, Tx } from './database.ts';
import { likePattern, type OffsetPage } from './page.ts';
import { disks, images, imageUploads, storageClusters, vms } from './schema/index.ts';
import { tasksActiveOf } from './task.ts';

export type ImageRow = typeof images.$inferSelect;
export type UploadRow = typeof imageUploads.$inferSelect;

const columns = {
  image: images,
  storageName: storageClusters.name,
  received: sql<number | null>`${imageUploads.received}`,
  vms: sql<number>`(select count(*) from ${vms} where ${vms.imageId} = ${images.id} and ${vms.state} <> 'destroyed')::int`,
};

export async function imageById(db: Reader, id: ImageId): Promise<ImageRow | null> {
  const [row] = await db
    .select()
    .from(images)
    .where(and(eq(images.id, id), isNull(images.deletedAt)));
  return row ?? null;
}

export async function imageLock(tx: Tx, id: ImageId): Promise<ImageRow | null> {
  const [row] = await tx
    .select()
    .from(images)
    .where(and(eq(images.id, id), isNull(images.deletedAt)))
    .for('update');
  return row ?? null;
}

/** Kept from being deleted until the transaction ends, without stopping others who use it. */
export async function imageShare(tx: Tx, id: ImageId): Promise<ImageRow | null> {
  const [row] = await tx
    .select()
    .from(images)
    .where(and(eq(images.id, id), isNull(images.deletedAt)))
    .for('share');
  return row ?? null;
}

export async function imageInsert(tx: Tx, values: typeof images.$inferInsert, file: string): Promise<void> {
  await tx.insert(images).values(values);
  await tx.insert(imageUploads).values({ imageId: values.id, file });
}

export async function imageUpdate(tx: Tx, id: ImageId, values: Partial<typeof images.$inferInsert>): Promise<void> {
  await tx.update(images).set(values).where(eq(images.id, id));
}

export async function uploadById(db: Reader, id: ImageId): Promise<UploadRow | null> {
  const [row] = await db.select().from(imageUploads).where(eq(imageUploads.imageId, id));
  return row ?? null;
}

/** True when the upload stood at `from` and stands at `to` now; false when somebody else has gone on with it. */
export async function uploadAdvance(db: Reader, id: ImageId, from: number, to: number): Promise<boolean> {
  const rows = await db
    .update(imageUploads)
    .set({ received: to, updatedAt: new Date() })
    .where(and(eq(imageUploads.imageId, id), eq(imageUploads.received, from)))
    .returning({ id: imageUploads.imageId });
  return rows.length > 0;
}

export async function uploadUpdate(tx: Reader, id: ImageId, values: { readonly sha256: string }): Promise<void> {
  await tx
    .update(imageUploads)
    .set({ ...values, updatedAt: new Date() })
    .where(eq(imageUploads.imageId, id));
}

export async function uploadDelete(tx: Tx, id: ImageId): Promise<void> {
  await tx.delete(imageUploads).where(eq(imageUploads.imageId, id));
}

/** Names of VMs whose disks are clones of it, the recycle bin's too; at most a few. */
export async function imageUsers(db: Reader, id: ImageId): Promise<string[]> {
  const rows = await db
    .selectDistinct({ name: vms.name })
    .from(disks)
    .innerJoin(vms, eq(vms.id, disks.vmId))
    .where(eq(disks.imageId, id))
    .limit(5);
  return rows.map((row) => row.name);
}

interface Row {
  readonly image: ImageRow;
  readonly storageName: string;
  readonly received: number | null;
  readonly vms: number;
}

async function shapes(db: Reader, rows: readonly Row[]): Promise<Image[]> {
  const active = await tasksActiveOf(
    db,
    rows.map((row) => row.image.id),
  );
  return rows.map(({ image, storageName, received, vms: guests }) => ({
    id: image.id,
    name: image.name,
    note: image.note,
    kind: image.kind,
    format: image.format,
    state: image.state,
    reason: image.reason,
    osFamily: image.osFamily,
    osVersion: image.osVersion,
    architecture: image.architecture,
    firmware: image.firmware,
    guestAgent: image.guestAgent,
    cloudInit: image.cloudInit,
    defaultUser: image.defaultUser,
    storageCluster: { id: image.storageClusterId, name: storageName },
    fileSize: image.fileSize,
    virtualSize: image.virtualSize,
    // the upload's row goes once the import has ended: all of it was received then
    received: received === null ? image.fileSize : Number(received),
    sha256: image.sha256,
    vms: guests,
    taskId: active.get(image.id)?.id ?? null,
    createdAt: image.createdAt.toISOString(),
  }));
}

const from = (db: Reader) =>
  db
    .select(columns)
    .from(images)
    .innerJoin(storageClusters, eq(storageClusters.id, images.storageClusterId))
    .leftJoin(imageUploads, eq(imageUploads.imageId, images.id));

export async function imageShapes(db: Reader, ids: readonly ImageId[]): Promise<Image[]> {
  if (ids.length === 0) return [];
  return shapes(db, await from(db).where(and(inArray(images.id, [...ids]), isNull(images.deletedAt))));
}

export interface ImageQuery {
  readonly sort: { readonly field: 'name' | 'state' | 'createdAt' | 'fileSize'; readonly order: 'asc' | 'desc' };
  readonly state?: readonly ImageState[] | undefined;
  readonly osFamily?: readonly Image['osFamily'][] | undefined;
  readonly search?: string | undefined;
}

const sortColumn: Readonly<Record<ImageQuery['sort']['field'], SQL>> = {
  name: sql`${images.name}`,
  state: sql`${images.state}`,
  createdAt: sql`${images.createdAt}`,
  fileSize: sql`${images.fileSize}`,
};

export async function imagePage(
  db: Reader,
  query: ImageQuery,
  page: OffsetPage,
): Promise<{ items: Image[]; total: number; states: Record<string, number> }> {
  const pattern = query.search ? likePattern(query.search) : null;
  const base = and(
    isNull(images.deletedAt),
    query.osFamily ? inArray(images.osFamily, [...query.osFamily]) : undefined,
    pattern
      ? sql`(lower(${images.name}) like ${pattern} or ${images.id}::text like ${pattern} or lower(${images.note}) like ${pattern})`
      : undefined,
  );
  const order = query.sort.order === 'asc' ? asc : desc;
  const rows = await from(db)
    .where(and(base, query.state ? inArray(images.state, [...query.state]) : undefined))
    .orderBy(order(sortColumn[query.sort.field]), asc(images.id))
    .limit(page.limit)
    .offset(page.offset);
  const counts = await db.select({ state: images.state, n: count() }).from(images).where(base).groupBy(images.state);
  const total = counts.filter((c) => query.state?.includes(c.state) ?? true).reduce((sum, c) => sum + c.n, 0);
  return { items: await shapes(db, rows), total, states: Object.fromEntries(counts.map((c) => [c.state, c.n])) };
}
