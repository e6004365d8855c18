/** Storage in memory, for simulated regions and tests: pools with a size, images that are names. Files are really looked at. */
import { open, stat } from 'node:fs/promises';
import { BasaltError, gib } from '@basalt/contract';
import type { StorageDriver } from './storage-driver.ts';

export interface SimStorageOptions {
  /** Bytes of each pool. */
  readonly poolSize?: number;
}

export interface SimStorage extends StorageDriver {
  /** `pool/image` → bytes. */
  readonly images: ReadonlyMap<string, number>;
}

const QCOW2_MAGIC = 0x51_46_49_fb;

/** Size of the disk inside a qcow2 file, or of the file itself. */
async function virtualSizeOf(path: string, claimed: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(32);
    const { bytesRead } = await file.read(head, 0, 32, 0);
    const isQcow2 = bytesRead === 32 && head.readUInt32BE(0) === QCOW2_MAGIC;
    if (claimed === 'qcow2' && !isQcow2)
      throw new BasaltError('imageNotWhatItSays', { actual: 'raw', claimed: 'qcow2' });
    if (isQcow2) {
      if (head.readBigUInt64BE(8) !== 0n) throw new BasaltError('imageRefused', { reason: 'backing-file' });
      return Number(head.readBigUInt64BE(24));
    }
    return (await stat(path)).size;
  } finally {
    await file.close();
  }
}

export function simStorageDriver({ poolSize = gib(1024 * 1024) }: SimStorageOptions = {}): SimStorage {
  const images = new Map<string, number>();
  const key = (at: { readonly pool: string; readonly image: string }): string => `${at.pool}/${at.image}`;
  return {
    images,
    showsDisks: false,
    poolFacts: () =>
      Promise.resolve({
        health: 'healthy' as const,
        checks: [],
        total: poolSize,
        used: [...images.values()].reduce((sum, size) => sum + size, 0),
        osds: 3,
      }),
    async imageInspect({ path, format }) {
      return { virtualSize: await virtualSizeOf(path, format) };
    },
    async imageImport({ path }, at, onProgress, call) {
      onProgress(0.5);
      const { size } = await stat(path).catch((cause: unknown) => {
        throw new BasaltError('storageFailed', { reason: 'the uploaded file is gone' }, { cause });
      });
      call?.signal?.throwIfAborted();
      images.set(key(at), size);
    },
    imageRemove: (at) => Promise.resolve(images.delete(key(at))),
    imageNames: (pool) =>
      Promise.resolve(
        [...images.keys()].filter((name) => name.startsWith(`${pool}/`)).map((name) => name.slice(pool.length + 1)),
      ),
    imageUsed: (at) => Promise.resolve(images.get(key(at)) ?? 0),
    diskRemove: (at) => Promise.resolve(images.delete(key(at))),
    close: () => Promise.resolve(),
  };
}
