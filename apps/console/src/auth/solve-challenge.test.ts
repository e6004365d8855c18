import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { challengeSolve, zeroBits } from './solve-challenge.ts';

test('[IAM-09] the answer of a challenge hashes to as many zero bits as are asked for', async () => {
  for (const bits of [1, 8, 11, 14]) {
    const token = randomBytes(48).toString('base64url');
    const answer = await challengeSolve({ token, bits });
    expect(answer.length).toBeLessThanOrEqual(64);
    const hash = createHash('sha256').update(`${token}:${answer}`).digest();
    expect(BigInt(`0x${hash.toString('hex')}`) >> BigInt(256 - bits)).toBe(0n);
  }
});

test('[IAM-09] zero bits are counted from the first, across bytes', () => {
  const hash = Uint8Array.of(0, 0b0001_0000, 255);
  expect(zeroBits(hash, 11)).toBe(true);
  expect(zeroBits(hash, 12)).toBe(false);
  expect(zeroBits(Uint8Array.of(128), 0)).toBe(true);
});

test('[IAM-09] leaving the page ends the search', async () => {
  await expect(challengeSolve({ token: 'x', bits: 255 }, AbortSignal.timeout(30))).rejects.toThrow();
});
