/** RBD images of a simulated cluster: names, sizes and who has them open. One for all hosts of a process. */
import { CephError, type ImageInfo, type ImageRef, type SnapRef, type Watcher } from '@basalt/ceph';
import type { Storage } from '../host.types.ts';
import { SimState } from './sim-state.ts';

interface SimImage {
  size: number;
  readonly parent: SnapRef | null;
  readonly createdAt: string;
}
/** By `pool/image`. */
type SimImages = Record<string, SimImage>;
/** Domain → address of its host. */
type Watchers = Map<string, string>;

const keyOf = ({ pool, image }: ImageRef): string => `${pool}/${image}`;

/** Images are kept in 256 files by the end of their names, which is random in ours. */
const shardOf = (key: string): string => /[0-9a-f]{2}$/u.exec(key)?.[0] ?? '00';
const shards = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));
const fileOf = (shard: string): string => `images/${shard}.json`;

export class SimStorage implements Storage {
  readonly #shards = new Map<string, Map<string, SimImage>>();
  /** Not kept: who runs opens its images again when its host is taken up. */
  readonly #watchers = new Map<string, Watchers>();
  /** Thousands of disks are clones of a few images. */
  readonly #parents = new Map<string, SnapRef>();
  readonly #state: SimState;

  constructor(state = new SimState(null)) {
    this.#state = state;
    for (const shard of shards) {
      const kept = state.read(fileOf(shard)) as SimImages | null;
      const images = Object.entries(kept ?? {});
      this.#shards.set(
        shard,
        new Map(images.map(([key, image]) => [key, { ...image, parent: this.#shared(image.parent) }])),
      );
    }
  }

  async imageInfo(ref: ImageRef): Promise<ImageInfo> {
    const { size, parent, createdAt } = this.#get(ref);
    const from = parent && { pool: parent.pool, image: parent.image, snap: parent.snap, trashed: false };
    return {
      id: ref.image,
      name: ref.image,
      size,
      objectSize: 2 ** 22,
      features: [],
      createdAt,
      snapshotCount: 0,
      parent: from,
    };
  }

  async imageCreate(ref: ImageRef, size: number): Promise<void> {
    this.#add(ref, { size, parent: null });
  }

  /** The parent may be of another simulation (the region's): it is believed, and its size is not known. */
  async imageClone(from: SnapRef, to: ImageRef): Promise<void> {
    this.#add(to, { size: this.#find(from)?.size ?? 0, parent: from });
  }

  async imageGrow(ref: ImageRef, size: number): Promise<void> {
    const image = this.#get(ref);
    if (size < image.size) throw new CephError('refused', `${keyOf(ref)}: ${size} is less than ${image.size} bytes`);
    image.size = size;
    this.#changed(ref);
  }

  async imageRemove(ref: ImageRef): Promise<void> {
    this.#get(ref);
    if (this.#watchers.has(keyOf(ref))) throw new CephError('busy', `${keyOf(ref)} has watchers`);
    this.#shard(ref).delete(keyOf(ref));
    this.#changed(ref);
  }

  async imageWatchers(ref: ImageRef): Promise<Watcher[]> {
    this.#get(ref);
    return [...(this.#watchers.get(keyOf(ref)) ?? [])].map(([domain, address]) => ({
      address: `${address}:0/1`,
      client: `client.${domain}`,
      cookie: '1',
    }));
  }

  /** An image as a clone that has been grown leaves it; one that exists stays as it is. */
  stock(ref: ImageRef, size: number, parent: SnapRef | null): void {
    if (!this.#find(ref)) this.#add(ref, { size, parent });
  }

  /** A start opens images, an end closes them. Images that do not exist cannot be opened. */
  watch(ref: ImageRef, domain: string, address: string): void {
    this.#get(ref);
    const watchers = this.#watchers.get(keyOf(ref));
    if (watchers) watchers.set(domain, address);
    else this.#watchers.set(keyOf(ref), new Map([[domain, address]]));
  }

  unwatch(ref: ImageRef, domain: string): void {
    const watchers = this.#watchers.get(keyOf(ref));
    watchers?.delete(domain);
    if (watchers?.size === 0) this.#watchers.delete(keyOf(ref));
  }

  has(ref: ImageRef): boolean {
    return this.#find(ref) !== undefined;
  }

  #shard(ref: ImageRef): Map<string, SimImage> {
    return this.#shards.get(shardOf(keyOf(ref))) ?? new Map<string, SimImage>();
  }

  #find(ref: ImageRef): SimImage | undefined {
    return this.#shard(ref).get(keyOf(ref));
  }

  #get(ref: ImageRef): SimImage {
    const image = this.#find(ref);
    if (!image) throw new CephError('not-found', `${keyOf(ref)} does not exist`, { code: 2 });
    return image;
  }

  #add(ref: ImageRef, { size, parent }: { size: number; parent: SnapRef | null }): void {
    if (this.#find(ref)) throw new CephError('exists', `${keyOf(ref)} exists`, { code: 17 });
    this.#shard(ref).set(keyOf(ref), { size, parent: this.#shared(parent), createdAt: new Date().toISOString() });
    this.#changed(ref);
  }

  #shared(parent: SnapRef | null): SnapRef | null {
    if (!parent) return null;
    const key = `${keyOf(parent)}@${parent.snap}`;
    const known = this.#parents.get(key);
    if (!known) this.#parents.set(key, parent);
    return known ?? parent;
  }

  #changed(ref: ImageRef): void {
    const shard = this.#shard(ref);
    this.#state.changed(fileOf(shardOf(keyOf(ref))), () => Object.fromEntries(shard));
  }
}
