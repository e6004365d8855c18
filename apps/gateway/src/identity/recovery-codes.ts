/** One-time codes for whoever has lost the device that makes codes: 80 random bits each, so that a plain hash keeps them. */
import { createHash, randomInt } from 'node:crypto';

const COUNT = 10;
// Crockford's base32: no look-alikes
const letters = '0123456789abcdefghjkmnpqrstvwxyz';

/** `xxxx-xxxx-xxxx-xxxx`, ten of them. */
export const recoveryCodesMake = (): string[] =>
  Array.from({ length: COUNT }, () =>
    Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')).join(
      '-',
    ),
  );

/** Whether a typed code can be one of them: the app's have six digits. */
export const isRecoveryCode = (code: string): boolean => plain(code).length === 16;

const plain = (code: string): string =>
  code.toLowerCase().replaceAll(/[\s-]/gu, '').replaceAll('o', '0').replaceAll(/[il]/gu, '1');

/** Bound to the account, so that equal codes of two accounts do not look equal. */
export const recoveryCodeHash = (accountId: string, code: string): Buffer =>
  createHash('sha256')
    .update(`${accountId}:${plain(code)}`)
    .digest();
