/** The region's own dealings with storage: images come in here; disks of VMs are the agents' business. */
import type { Image, StorageCluster } from '@basalt/contract';

export interface PoolFacts {
  readonly health: StorageCluster['health'];
  readonly checks: StorageCluster['checks'];
  /** Bytes a client can store and has stored, after replication. */
  readonly total: number;
  readonly used: number;
  readonly osds: number;
}

export interface ImageFile {
  readonly path: string;
  readonly format: Image['format'];
}

export interface StorageCall {
  readonly signal?: AbortSignal;
}

/**
 * Every call rejects with BasaltError: storageFailed, storageTimedOut, imageRefused, imageNotWhatItSays, imageHasWatchers.
 */
export interface StorageDriver {
  /** Whether the disks that agents make are seen here too; false where hosts are simulated apart from storage. */
  readonly showsDisks: boolean;
  /** Capacity and health of one pool. */
  poolFacts(pool: string, call?: StorageCall): Promise<PoolFacts>;
  /** Detects the file's real format and refuses what is hostile; answers the size of the disk inside, bytes. */
  imageInspect(file: ImageFile, call?: StorageCall): Promise<{ readonly virtualSize: number }>;
  /**
   * Converts an inspected file into `pool/image` with the snapshot `base`. Safe to repeat: what a former try has left is
   * removed first, and a finished image is left as it is.
   */
  imageImport(
    file: ImageFile,
    at: { readonly pool: string; readonly image: string },
    onProgress: (share: number) => void,
    call?: StorageCall,
  ): Promise<void>;
  /** Snapshot and image gone; true when there was one. Refuses (inUse) while clones exist. */
  imageRemove(at: { readonly pool: string; readonly image: string }, call?: StorageCall): Promise<boolean>;
  /** Names of all images of the pool. */
  imageNames(pool: string, call?: StorageCall): Promise<readonly string[]>;
  /** Bytes really stored for a disk. */
  imageUsed(at: { readonly pool: string; readonly image: string }, call?: StorageCall): Promise<number>;
  /** Removes a disk nobody has open; for what is left when its host is gone. */
  diskRemove(at: { readonly pool: string; readonly image: string }, call?: StorageCall): Promise<boolean>;
  close(): Promise<void>;
}

/** Name of the snapshot that disks are cloned from. */
export const BASE_SNAPSHOT = 'base';
