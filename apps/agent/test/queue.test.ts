import { expect, test } from 'vitest';
import { KeyedQueue } from '../src/queue.ts';
import { poll } from './poll.ts';

const never = new AbortController().signal;

test('[VM-26] one at a time per key in order of arrival, keys side by side', async () => {
  const queue = new KeyedQueue();
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const log: string[] = [];
  const act = (name: string, gate?: Promise<void>) => async () => {
    log.push(`+${name}`);
    await gate;
    log.push(`-${name}`);
  };
  const all = [
    queue.run('a', never, act('a1', gates[0]?.promise)),
    queue.run('a', never, act('a2', gates[1]?.promise)),
    queue.run('b', never, act('b1', gates[2]?.promise)),
  ];
  await poll('both heads run', 1000, () => log.length === 2);
  expect(log.toSorted()).toEqual(['+a1', '+b1']);
  for (const gate of gates) gate.resolve();
  await Promise.all(all);
  expect(log.filter((line) => line.includes('a'))).toEqual(['+a1', '-a1', '+a2', '-a2']);
  await poll('nothing is kept', 1000, () => queue.size === 0);
});

test('[VM-26] a waiter that gives up does not run, nor lets the next one past the one at work', async () => {
  const queue = new KeyedQueue();
  const gate = Promise.withResolvers<void>();
  const stop = new AbortController();
  let working = false;
  const first = queue.run('a', never, async () => {
    working = true;
    await gate.promise;
    working = false;
  });
  const second = queue.run('a', stop.signal, () => Promise.reject(new Error('ran')));
  const third = queue.run('a', never, () => Promise.resolve(working));
  stop.abort(new Error('gave up'));
  await expect(second).rejects.toThrow('gave up');
  gate.resolve();
  await first;
  expect(await third).toBe(false);
});
