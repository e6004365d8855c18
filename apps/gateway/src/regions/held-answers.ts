/**
 * Answers of a region that came with an entity tag. The region is asked every time, says whether the tag still names its
 * answer, and then need not send it again: a long list that is asked for again and again crosses the line once. What is
 * held is found by the assertion and the question together, so nobody is ever given what was made for another.
 */
import type { RegionLink } from './region-registry.ts';

const BYTES_MOST = 8 * 1024 ** 2;

interface Held {
  readonly etag: string;
  readonly body: Buffer;
}

export class HeldAnswers {
  readonly #held = new Map<string, Held>();
  #bytes = 0;

  find(authorization: string, path: string): Held | undefined {
    return this.#held.get(keyOf(authorization, path));
  }

  hold(authorization: string, path: string, etag: string, body: Buffer): void {
    const key = keyOf(authorization, path);
    this.#drop(key);
    this.#held.set(key, { etag, body });
    this.#bytes += sizeOf(key, body);
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= BYTES_MOST) break;
      this.#drop(oldest);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  #drop(key: string): void {
    const held = this.#held.get(key);
    if (!held) return;
    this.#held.delete(key);
    this.#bytes -= sizeOf(key, held.body);
  }
}

/** No path has a space in it. */
const keyOf = (authorization: string, path: string): string => `${path} ${authorization}`;
/** What is kept alive may be more than the bytes that are used of it. */
const sizeOf = (key: string, { buffer }: Buffer): number => key.length + buffer.byteLength;

const byLink = new WeakMap<RegionLink, HeldAnswers>();

/** What is held of one region; forgotten with the link to it. */
export function heldOf(link: RegionLink): HeldAnswers {
  let held = byLink.get(link);
  if (!held) byLink.set(link, (held = new HeldAnswers()));
  return held;
}
