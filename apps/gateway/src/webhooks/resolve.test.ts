import type { LookupAddress } from 'node:dns';
import { expect, it } from 'vitest';
import { resolverOpen } from './resolve.ts';

it('[API-03] no more than two names are asked for at a time, and one question serves all who ask it', async () => {
  const asked: string[] = [];
  const answers = new Map<string, (found: LookupAddress[]) => void>();
  const resolve = resolverOpen((host) => {
    asked.push(host);
    return new Promise((done) => void answers.set(host, done));
  });
  const first = [resolve('a'), resolve('a'), resolve('b'), resolve('c')];
  await Promise.resolve();
  expect(asked).toEqual(['a', 'b']);
  const found = [{ address: '192.0.2.1', family: 4 }];
  answers.get('a')?.(found);
  expect(await first[0]).toBe(found);
  expect(await first[1]).toBe(found);
  await expect.poll(() => asked).toEqual(['a', 'b', 'c']);
  answers.get('b')?.([]);
  answers.get('c')?.([]);
  await Promise.all(first);
  void resolve('a');
  await expect.poll(() => asked).toEqual(['a', 'b', 'c', 'a']);
});
