import { V7Generator } from 'uuidv7';
import { createHash, randomFillSync } from 'node:crypto';

/** Random numbers drawn a thousand at a time: to ask for a few costs as much as to ask for many. */
const pool = new Uint32Array(1_024);
let drawn = pool.length;
const generator = new V7Generator({
  nextUint32() {
    if (drawn === pool.length) {
      randomFillSync(pool);
      drawn = 0;
    }
    const number = pool[drawn] ?? 0;
    pool[drawn] = 0;
    drawn += 1;
    return number;
  },
});

/** A fresh UUIDv7 of the wanted kind. */
export const newId = <T extends string>(): T => generator.generate().toString() as T;

/**
 * The same UUID for the same parts, in the form of a version 8 UUID (RFC 9562): for operation ids that must come out alike
 * when a step is repeated after a crash.
 */
export function derivedId<T extends string>(...parts: readonly string[]): T {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}` as T;
}
