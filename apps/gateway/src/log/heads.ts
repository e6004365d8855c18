/**
 * Signed heads of the chain, outside the database: who can write there can make a chain that fits in itself, but not one that
 * fits the heads. One line each, `{sequence, hash, at, signature}`, appended and never rewritten; the key lies beside them, so
 * that copying the file elsewhere now and then is what makes it worth most.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  fstatSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const HEADS_FILE = 'operation-log-heads.jsonl';
const KEY_FILE = 'operation-log-heads.key';

const line = z.object({ sequence: z.int().positive(), hash: z.string(), at: z.string(), signature: z.string() });
export type SignedHead = z.infer<typeof line>;

export interface HeadsRead {
  readonly heads: readonly SignedHead[];
  /** The first line that this gateway did not sign, from 1, or null. */
  readonly badLine: number | null;
}

export interface Heads {
  /** @throws Error when the file cannot be written. */
  readonly add: (head: { readonly sequence: number; readonly hash: Buffer }, at: Date) => void;
  readonly read: () => HeadsRead;
  /** The newest, or null when there is none. */
  readonly last: () => SignedHead | null;
}

const signedText = ({ sequence, hash, at }: Omit<SignedHead, 'signature'>): Buffer =>
  Buffer.from(`basalt operation log\n${sequence}\n${hash}\n${at}`);

function keyOpen(file: string): KeyObject {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  }
  return createPrivateKey(readFileSync(file));
}

export function headsOpen(stateDirectory: string): Heads {
  const file = join(stateDirectory, HEADS_FILE);
  const key = keyOpen(join(stateDirectory, KEY_FILE));
  const publicKey = createPublicKey(key);

  /** Whole lines; one that a crash left half written was never a head. */
  const lines = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
  const parsed = (text: string): SignedHead | null => {
    try {
      const head = line.parse(JSON.parse(text));
      return verify(null, signedText(head), publicKey, Buffer.from(head.signature, 'base64url')) ? head : null;
    } catch {
      return null;
    }
  };

  return {
    add({ sequence, hash }, at) {
      const head = { sequence, hash: hash.toString('hex'), at: at.toISOString() };
      const signature = sign(null, signedText(head), key).toString('base64url');
      const handle = openSync(file, 'a+', 0o600);
      try {
        const { size } = fstatSync(handle);
        const whole = Buffer.byteLength(lines().join('\n')) + (lines().length > 0 ? 1 : 0);
        if (whole < size) ftruncateSync(handle, whole);
        writeSync(handle, `${JSON.stringify({ ...head, signature })}\n`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    },
    read() {
      const heads: SignedHead[] = [];
      let badLine: number | null = null;
      for (const [i, text] of lines().entries()) {
        const head = parsed(text);
        if (head) heads.push(head);
        else badLine ??= i + 1;
      }
      return { heads, badLine };
    },
    last() {
      const text = lines().at(-1);
      return text === undefined ? null : parsed(text);
    },
  };
}
