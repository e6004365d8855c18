import { expect, test, vi } from 'vitest';
import { turnstile } from './turnstile.ts';

const never = new AbortController().signal;

test('[HOST-02] as many pass at a time as the turnstile is wide, in the order they came', async () => {
  const pass = turnstile(2, 60_000);
  const [one, two] = [await pass(never), await pass(never)];
  const order: number[] = [];
  const third = pass(never).then((leave) => (order.push(3), leave));
  const fourth = pass(never).then((leave) => (order.push(4), leave));
  await Promise.resolve();
  expect(order).toEqual([]);
  one();
  one();
  (await third)();
  (await fourth)();
  expect(order).toEqual([3, 4]);
  two();
});

test('[HOST-02] one that takes long holds nobody up; one that gives up waits no more', async () => {
  vi.useFakeTimers();
  try {
    const pass = turnstile(1, 1_000);
    const slow = await pass(never);
    const stop = new AbortController();
    const refused = pass(stop.signal);
    const next = pass(never);
    stop.abort(new Error('enough'));
    await expect(refused).rejects.toThrow('enough');
    vi.advanceTimersByTime(1_000);
    const leave = await next;
    // late, and of no effect on whoever is through now
    slow();
    let through = false;
    const last = pass(never).then((out) => {
      through = true;
      return out;
    });
    await Promise.resolve();
    expect(through).toBe(false);
    leave();
    (await last)();
  } finally {
    vi.useRealTimers();
  }
});
