import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { activityWatch, TELL_EVERY_MS, userPresent } from './activity.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

test('[IAM-11] somebody is there for a moment after a key, a touch, a wheel or a move, and not because time passes', () => {
  const target = new EventTarget();
  const stop = activityWatch(target, () => undefined);
  expect(userPresent()).toBe(true);
  for (const sign of ['keydown', 'pointerdown', 'pointermove', 'wheel']) {
    vi.advanceTimersByTime(3_600_000);
    expect(userPresent()).toBe(false);
    target.dispatchEvent(new Event(sign));
    expect(userPresent()).toBe(true);
  }
  vi.advanceTimersByTime(15_001);
  target.dispatchEvent(new Event('focus'));
  expect(userPresent()).toBe(false);
  stop();
  target.dispatchEvent(new Event('keydown'));
  expect(userPresent()).toBe(false);
});

test('[IAM-11] who types for an hour and asks for nothing is told of once a minute, who has left is not', () => {
  const target = new EventTarget();
  const tell = vi.fn<() => void>();
  activityWatch(target, tell);
  for (let second = 0; second < 3600; second += 1) {
    vi.advanceTimersByTime(1000);
    target.dispatchEvent(new Event('keydown'));
  }
  expect(tell).toHaveBeenCalledTimes(3_600_000 / TELL_EVERY_MS);
  vi.advanceTimersByTime(3_600_000);
  expect(tell).toHaveBeenCalledTimes(3_600_000 / TELL_EVERY_MS);
});
