import { expect, test } from 'vitest';
import { leftOf, stepWeights, tookOf } from './task-times.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const now = Date.parse(at(100));

test('[TASK-01] a task that runs counts until now, a finished one until its end', () => {
  expect(tookOf({ startedAt: null, finishedAt: null }, now)).toBeUndefined();
  expect(tookOf({ startedAt: at(90), finishedAt: null }, now)).toBe(10_000);
  expect(tookOf({ startedAt: at(10), finishedAt: at(14) }, now)).toBe(4000);
  // A browser's clock may be behind the region's.
  expect(tookOf({ startedAt: at(120), finishedAt: null }, now)).toBe(0);
});

test('[TASK-01] steps to come have the mean width of those that were measured', () => {
  const steps = [
    { startedAt: at(0), finishedAt: at(10) },
    { startedAt: at(10), finishedAt: at(40) },
    { startedAt: null, finishedAt: null },
  ];
  expect(stepWeights(steps, now)).toEqual([10 / 60, 30 / 60, 20 / 60]);
  expect(stepWeights([{ startedAt: null, finishedAt: null }], now)).toEqual([1]);
});

test('[TASK-01] the time left is only told when it can be', () => {
  const running = { startedAt: at(70), finishedAt: null };
  expect(leftOf({ ...running, progress: 0.75 }, now)).toBe(10_000);
  expect(leftOf({ ...running, progress: 0.01 }, now)).toBeUndefined();
  expect(leftOf({ startedAt: at(99), finishedAt: null, progress: 0.5 }, now)).toBeUndefined();
  expect(leftOf({ startedAt: at(10), finishedAt: at(20), progress: 0.5 }, now)).toBeUndefined();
});
