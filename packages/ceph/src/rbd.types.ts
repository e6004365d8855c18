import type { Readable } from 'node:stream';
import type {
  CallOptions,
  DiskFormat,
  ImageInfo,
  ImageLock,
  ImageRef,
  ImageUsage,
  ImportProgress,
  SnapInfo,
  SnapRef,
  TrashEntry,
  Watcher,
} from './types.ts';

/** Options of the calls that move data. */
export interface TransferOptions extends CallOptions {
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Bytes in all, where the tool tells only percent; without it progress counts to 10 000. */
  readonly total?: number;
}

/** RBD images. Every call rejects with CephError. */
export interface Rbd {
  /** Makes an empty image; `exists` when there is one. */
  imageCreate(ref: ImageRef, size: number, options?: CallOptions): Promise<void>;
  /** Copy-on-write clone (format v2: the snapshot needs no protection). */
  imageClone(from: SnapRef, to: ImageRef, options?: CallOptions): Promise<void>;
  imageInfo(ref: ImageRef, options?: CallOptions): Promise<ImageInfo>;
  /** Who has it open: look before every start, attach and removal. */
  imageWatchers(ref: ImageRef, options?: CallOptions): Promise<Watcher[]>;
  imageList(pool: string, options?: CallOptions): Promise<string[]>;
  /** Removes for good; `busy` when it has watchers or snapshots. */
  imageRemove(ref: ImageRef, options?: CallOptions): Promise<void>;
  /** Grows; `refused` when `size` is smaller than now (Ceph would cut the data off silently). */
  imageGrow(ref: ImageRef, size: number, options?: CallOptions): Promise<void>;
  /** Copies what is still shared with the parent. */
  imageFlatten(ref: ImageRef, options?: TransferOptions): Promise<void>;
  imageUsage(ref: ImageRef, options?: CallOptions): Promise<ImageUsage[]>;
  imageChildren(ref: SnapRef, options?: CallOptions): Promise<ImageRef[]>;
  imageLocks(ref: ImageRef, options?: CallOptions): Promise<ImageLock[]>;

  snapCreate(ref: SnapRef, options?: CallOptions): Promise<void>;
  snapProtect(ref: SnapRef, options?: CallOptions): Promise<void>;
  snapUnprotect(ref: SnapRef, options?: CallOptions): Promise<void>;
  /** A snapshot with v2 clones moves to the trash namespace and goes with the last of them. */
  snapRemove(ref: SnapRef, options?: CallOptions): Promise<void>;
  snapList(ref: ImageRef, options?: CallOptions): Promise<SnapInfo[]>;

  /** Moves to the trash; `busy` when it has watchers (Ceph itself does not refuse that). */
  trashMove(ref: ImageRef, options?: CallOptions & { readonly deferMs?: number }): Promise<void>;
  trashList(pool: string, options?: CallOptions): Promise<TrashEntry[]>;
  trashRestore(pool: string, id: string, options?: CallOptions & { readonly name?: string }): Promise<void>;
  /** `busy` before the entry's time. */
  trashRemove(pool: string, id: string, options?: CallOptions): Promise<void>;

  /** Writes a raw stream of `size` bytes into a new image; nothing is left when it fails or is aborted. */
  importStream(ref: ImageRef, source: Readable, size: number, options?: TransferOptions): Promise<void>;
  /** Converts a file that imageInspect has accepted into a new image; nothing is left when it fails or is aborted. */
  importFile(ref: ImageRef, path: string, format: DiskFormat, options?: TransferOptions): Promise<void>;
}
