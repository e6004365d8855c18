import { build } from 'esbuild';
import { createHash, createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { stringToSign } from '@basalt/contract';
import { authorizationSign, hashOf } from '../src/index.ts';

it('[API-04] the SDK needs nothing of Node.js: it becomes one file for browsers', async () => {
  const made = await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  });
  expect(made.warnings).toEqual([]);
  const text = made.outputFiles[0]?.text ?? '';
  expect(text).not.toMatch(/from\s*["']node:|require\(/u);
  expect(text).toContain('clientCreate');
});

it('[API-04] signs by Web Crypto what another implementation signs', async () => {
  const key = { publicKey: 'bk_0123456789abcdef', privateKey: 'x'.repeat(43) };
  const request = { method: 'POST', path: '/api/v1/regions', query: 'b=ü&a=1', bodyHash: await hashOf('{"a":1}') };
  const header = await authorizationSign(key, request);
  const [, time = '', nonce = '', signature] = /time=(\d+), nonce=([\w-]+), signature=([\w-]+)$/u.exec(header) ?? [];
  const text = stringToSign({ ...request, time: Number(time), nonce });
  expect(signature).toBe(createHmac('sha256', key.privateKey).update(text).digest('base64url'));
  expect(request.bodyHash).toBe(createHash('sha256').update('{"a":1}').digest('hex'));
});
