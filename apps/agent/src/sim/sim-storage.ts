/** RBD images of a simulated cluster: names, sizes and who has them open. One for all hosts of a process. */
import { CephError, type ImageInfo, type ImageRef, type SnapRef, type Watcher } from '@basalt/ceph';
import type { Storage } from '../host.types.ts';

interface SimImage {
  size: number;
  parent: SnapRef | null;
  createdAt: string;
  /** Domain → address of its host. */
  watchers: Record<string, string>;
}
export type SimImages = Record<string, SimImage>;

const keyOf = ({ pool, image }: ImageRef): string => `${pool}/${image}`;

export class SimStorage implements Storage {
  readonly #images: Map<string, SimImage>;
  readonly #changed: () => void;

  constructor(kept: SimImages = {}, changed: () => void = () => {}) {
    this.#images = new Map(Object.entries(kept));
    this.#changed = changed;
  }

  snapshot(): SimImages {
    return Object.fromEntries(this.#images);
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
    this.#add(to, { size: this.#images.get(keyOf(from))?.size ?? 0, parent: from });
  }

  async imageGrow(ref: ImageRef, size: number): Promise<void> {
    const image = this.#get(ref);
    if (size < image.size) throw new CephError('refused', `${keyOf(ref)}: ${size} is less than ${image.size} bytes`);
    image.size = size;
    this.#changed();
  }

  async imageRemove(ref: ImageRef): Promise<void> {
    if (Object.keys(this.#get(ref).watchers).length > 0) throw new CephError('busy', `${keyOf(ref)} has watchers`);
    this.#images.delete(keyOf(ref));
    this.#changed();
  }

  async imageWatchers(ref: ImageRef): Promise<Watcher[]> {
    return Object.entries(this.#get(ref).watchers).map(([domain, address]) => ({
      address: `${address}:0/1`,
      client: `client.${domain}`,
      cookie: '1',
    }));
  }

  /** A start opens images, an end closes them. Images that do not exist cannot be opened. */
  watch(ref: ImageRef, domain: string, address: string): void {
    this.#get(ref).watchers[domain] = address;
    this.#changed();
  }

  unwatch(ref: ImageRef, domain: string): void {
    const image = this.#images.get(keyOf(ref));
    if (image) delete image.watchers[domain];
    this.#changed();
  }

  #get(ref: ImageRef): SimImage {
    const image = this.#images.get(keyOf(ref));
    if (!image) throw new CephError('not-found', `${keyOf(ref)} does not exist`, { code: 2 });
    return image;
  }

  #add(ref: ImageRef, { size, parent }: { size: number; parent: SnapRef | null }): void {
    if (this.#images.has(keyOf(ref))) throw new CephError('exists', `${keyOf(ref)} exists`, { code: 17 });
    this.#images.set(keyOf(ref), { size, parent, createdAt: new Date().toISOString(), watchers: {} });
    this.#changed();
  }
}
