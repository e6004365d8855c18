/** Secrets at rest: AES-256-GCM with the service's own key, which lies in its state directory and nowhere else. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Sealer {
  seal(plain: string): string;
  /** @throws Error when it was sealed with another key or has been changed. */
  unseal(sealed: string): string;
}

const VERSION = 'v1';

export function sealer(key: Buffer): Sealer {
  return {
    seal(plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [VERSION, ...[nonce, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join('.');
    },
    unseal(sealed) {
      const [version, nonce = '', tag = '', body = ''] = sealed.split('.');
      if (version !== VERSION) throw new Error('sealed in an unknown way');
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 });
      decipher.setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8');
    },
  };
}

/** With the key in `<stateDirectory>/seal.key`, made at first use, readable by its owner only. */
export function sealerOpen(stateDirectory: string): Sealer {
  const file = join(stateDirectory, 'seal.key');
  if (!existsSync(file)) {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  }
  return sealer(Buffer.from(readFileSync(file, 'utf8'), 'base64'));
}

/** One-time secrets are kept as this only. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
export const secretMake = (): string => randomBytes(32).toString('base64url');
