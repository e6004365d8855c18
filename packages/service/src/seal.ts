/**
 * Secrets at rest: AES-256-GCM with the service's own keys, which lie in its state directory and nowhere else. The keys form
 * a ring: one seals, the others still open what they sealed, so that a key can be exchanged while the service runs.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export interface Sealer {
  seal(plain: string): string;
  /** @throws Error when it was sealed with a key that is not known or has been changed. */
  unseal(sealed: string): string;
  /** Whether it was sealed with the present key in the present form. */
  isCurrent(sealed: string): boolean;
}

/** Keys by their ids, and the one that seals. */
export interface KeyRing {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

/** Told from the key alone, so that a key keeps its id wherever it goes. Eight hexadecimal digits. */
export const keyIdOf = (key: Buffer): string =>
  createHash('sha256').update('basalt seal').update(key).digest('hex').slice(0, 8);

const ALGORITHM = 'aes-256-gcm';
/** `v1.nonce.tag.body` says nothing of its key; `v2.key.nonce.tag.body` does, and no other key opens it. */
const UNNAMED = 'v1';
const NAMED = 'v2';

function open(key: Buffer, about: string | null, parts: readonly string[]): string {
  const [nonce = '', tag = '', body = ''] = parts.map((part) => Buffer.from(part, 'base64url'));
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: 16 });
  if (about !== null) decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(Buffer.from(tag));
  return Buffer.concat([decipher.update(Buffer.from(body)), decipher.final()]).toString('utf8');
}

/** @param ring asked at every use, because it may change. */
export function ringSealer(ring: () => KeyRing): Sealer {
  const unnamed = (parts: readonly string[]): string => {
    for (const key of ring().keys.values()) {
      try {
        return open(key, null, parts);
      } catch {
        // another key's
      }
    }
    throw new Error('sealed with a key that is not known, or changed');
  };
  return {
    seal(plain) {
      const { current, keys } = ring();
      const key = keys.get(current);
      if (!key) throw new Error(`the key ${current} is missing`);
      const nonce = randomBytes(12);
      const cipher = createCipheriv(ALGORITHM, key, nonce);
      cipher.setAAD(Buffer.from(`${NAMED}.${current}`));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const parts = [nonce, cipher.getAuthTag(), body].map((part) => part.toString('base64url'));
      return [NAMED, current, ...parts].join('.');
    },
    unseal(sealed) {
      const [version, ...parts] = sealed.split('.');
      if (version === UNNAMED) return unnamed(parts);
      const [id = '', ...rest] = parts;
      if (version !== NAMED) throw new Error('sealed in an unknown way');
      const key = ring().keys.get(id);
      if (!key) throw new Error(`sealed with the key ${id}, which is not known`);
      return open(key, `${NAMED}.${id}`, rest);
    },
    isCurrent: (sealed) => sealed.startsWith(`${NAMED}.${ring().current}.`),
  };
}

/** With one key that never changes. */
export function sealer(key: Buffer): Sealer {
  const current = keyIdOf(key);
  const ring = { current, keys: new Map([[current, key]]) };
  return ringSealer(() => ring);
}

/** One-time secrets are kept as this only. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
export const secretMake = (): string => randomBytes(32).toString('base64url');
