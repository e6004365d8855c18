/**
 * The key ring's file: `{current, keys: {id: base64}, changedAt}`, readable by its owner only and replaced in one step, never
 * written over. A running service sees a new ring with its next use of a key. A file with nothing but a base64 key, as older
 * versions wrote, is a ring of one.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { keyIdOf, ringSealer, type KeyRing, type Sealer } from './seal.ts';

const KEY_BYTES = 32;
const ringFile = z.object({
  current: z.string(),
  keys: z.record(z.string(), z.string()),
  changedAt: z.iso.datetime().optional(),
});

export interface StoredKeyRing extends KeyRing {
  /** When the key that seals was last exchanged; null: never. */
  readonly changedAt: Date | null;
}

/** @throws Error when the file is missing or is not a ring. */
export function keyRingRead(file: string): StoredKeyRing {
  const text = readFileSync(file, 'utf8').trim();
  if (!text.startsWith('{')) {
    const key = keyOf(text, file);
    const current = keyIdOf(key);
    return { current, keys: new Map([[current, key]]), changedAt: null };
  }
  const ring = ringFile.parse(JSON.parse(text));
  const keys = new Map(Object.entries(ring.keys).map(([id, key]) => [id, keyOf(key, file)]));
  if (!keys.has(ring.current)) throw new Error(`${file} lacks its own current key`);
  return { current: ring.current, keys, changedAt: ring.changedAt ? new Date(ring.changedAt) : null };
}

function keyOf(text: string, file: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${file} holds no key of ${KEY_BYTES} bytes`);
  return key;
}

function keyRingWrite(file: string, { current, keys, changedAt }: StoredKeyRing): void {
  const text = JSON.stringify({
    current,
    keys: Object.fromEntries([...keys].map(([id, key]) => [id, key.toString('base64')])),
    ...(changedAt ? { changedAt: changedAt.toISOString() } : {}),
  });
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}.new`;
  const handle = openSync(beside, 'w', 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(beside, file);
}

/** Adds a key, which seals from now on. The id of the new key. */
export function keyRingTurn(file: string, now = new Date()): string {
  const { keys } = keyRingRead(file);
  const key = randomBytes(KEY_BYTES);
  const current = keyIdOf(key);
  keyRingWrite(file, { current, keys: new Map([...keys, [current, key]]), changedAt: now });
  return current;
}

/** Removes every key but the one that seals. Only when nothing is sealed with them any more. */
export function keyRingTrim(file: string): readonly string[] {
  const { current, keys, changedAt } = keyRingRead(file);
  const kept = new Map([...keys].filter(([id]) => id === current));
  keyRingWrite(file, { current, keys: kept, changedAt });
  return [...keys.keys()].filter((id) => id !== current);
}

/**
 * The sealer of a state directory, with the ring in `file` there; made at first use. `formerly`: a file that an older version
 * kept its only key in, taken over once.
 */
export function sealerOpen(stateDirectory: string, file = 'seal.key', formerly: string | null = null): Sealer {
  const path = join(stateDirectory, file);
  if (!existsSync(path)) {
    const old = formerly === null ? null : join(stateDirectory, formerly);
    if (old !== null && existsSync(old)) keyRingWrite(path, keyRingRead(old));
    else {
      const key = randomBytes(KEY_BYTES);
      const current = keyIdOf(key);
      keyRingWrite(path, { current, keys: new Map([[current, key]]), changedAt: null });
    }
  }
  let known: { readonly stamp: string; readonly ring: KeyRing } | null = null;
  const stampNow = (): string => {
    const { mtimeMs, ino, size } = statSync(path);
    return `${mtimeMs} ${ino} ${size}`;
  };
  // a look at the file's date is some microseconds, and a key that was exchanged must not be used a moment longer
  return ringSealer(() => {
    const stamp = stampNow();
    if (known?.stamp !== stamp) known = { stamp, ring: keyRingRead(path) };
    return known.ring;
  });
}
