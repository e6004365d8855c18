import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyRingRead, keyRingTrim, keyRingTurn, sealer, sealerOpen } from '../src/index.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'basalt-seal-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** As the first version sealed. */
function sealedFormerly(key: Buffer, plain: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return ['v1', ...[nonce, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join('.');
}

test('[AUD-01] opens what it sealed, refuses what was changed or is another key’s', () => {
  const seal = sealer(Buffer.alloc(32, 1));
  const sealed = seal.seal('秘密 s3cr3t');
  expect(sealed).not.toContain('s3cr3t');
  expect(seal.unseal(sealed)).toBe('秘密 s3cr3t');
  expect(seal.isCurrent(sealed)).toBe(true);
  const [version, key, nonce, tag, body = ''] = sealed.split('.');
  const flipped = (body.startsWith('A') ? 'B' : 'A') + body.slice(1);
  expect(() => seal.unseal([version, key, nonce, tag, flipped].join('.'))).toThrow();
  expect(() => seal.unseal([version, key, nonce, tag?.slice(0, 6), body].join('.'))).toThrow();
  expect(() => seal.unseal('plain text')).toThrow('unknown way');
  expect(() => sealer(Buffer.alloc(32, 2)).unseal(sealed)).toThrow('not known');
});

test('[AUD-01] a file with one key, as older versions wrote it, goes on to work and opens their values', () => {
  const key = randomBytes(32);
  writeFileSync(join(directory, 'seal.key'), key.toString('base64'), { mode: 0o600 });
  const old = sealedFormerly(key, 'old');
  const seal = sealerOpen(directory);
  expect(seal.unseal(old)).toBe('old');
  expect(seal.isCurrent(old)).toBe(false);
  const platform = sealerOpen(directory, 'platform.key', 'seal.key');
  expect(platform.unseal(old)).toBe('old');
  expect(platform.unseal(seal.seal('now'))).toBe('now');
  expect(statSync(join(directory, 'platform.key')).mode & 0o777).toBe(0o600);
});

test('[AUD-01] a key is exchanged while sealers are open: new values use the new one, old ones open until it is removed', () => {
  const running = sealerOpen(directory, 'platform.key');
  const file = join(directory, 'platform.key');
  const before = running.seal('before');
  const id = keyRingTurn(file);
  const after = running.seal('after');
  expect(after.split('.')[1]).toBe(id);
  expect([running.unseal(before), running.unseal(after)]).toEqual(['before', 'after']);
  expect([running.isCurrent(before), running.isCurrent(after)]).toEqual([false, true]);
  expect(sealerOpen(directory, 'platform.key').unseal(before)).toBe('before');
  expect(keyRingTrim(file)).toHaveLength(1);
  expect([...keyRingRead(file).keys.keys()]).toEqual([id]);
  expect(running.unseal(after)).toBe('after');
  expect(() => running.unseal(before)).toThrow('not known');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toContain('"changedAt"');
});

test('[AUD-01] a ring that is broken is said to be so', () => {
  writeFileSync(join(directory, 'platform.key'), 'c2hvcnQ=');
  const seal = sealerOpen(directory, 'platform.key');
  expect(() => seal.seal('x')).toThrow('no key of 32 bytes');
  writeFileSync(join(directory, 'platform.key'), '{"current":"a","keys":{}}');
  expect(() => seal.seal('x')).toThrow('lacks its own current key');
});
