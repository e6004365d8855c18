import { sourceLimits } from '@basalt/contract';
import { expect, test } from 'vitest';
import { dayRuns, limitsInputOf, limitsValuesOf } from './limits-form.ts';

test('[IAM-12] addresses and networks are taken from any usual separation, once each', () => {
  const { sources } = limitsInputOf({
    sources: '10.0.0.0/8, 2001:db8::/32\n10.0.0.0/8；192.0.2.7',
    hours: [],
    timeZone: 'UTC',
  });
  expect(sources).toEqual(['10.0.0.0/8', '2001:db8::/32', '192.0.2.7']);
});

test('[IAM-12] hours of several weekdays go out one by one and come back as one row', () => {
  const values = { sources: '', hours: [{ days: [1, 2, 5], from: '08:30', to: '18:00' }], timeZone: 'Asia/Shanghai' };
  const limits = limitsInputOf(values);
  expect(sourceLimits.safeParse(limits).success).toBe(true);
  expect(limits.hours).toHaveLength(3);
  expect(limitsValuesOf(limits)).toEqual(values);
});

test('[IAM-12] a shift over midnight is two windows, the second on the next weekday', () => {
  const { hours } = limitsInputOf({ sources: '', hours: [{ days: [7], from: '22:00', to: '06:00' }], timeZone: 'UTC' });
  expect(hours).toEqual([
    { day: 7, from: '22:00', to: '24:00' },
    { day: 1, from: '00:00', to: '06:00' },
  ]);
});

test('[IAM-12] weekdays in a row are said as a run', () => {
  expect(dayRuns([1, 2, 3, 4, 5])).toEqual([[1, 5]]);
  expect(dayRuns([7, 1, 2])).toEqual([
    [1, 2],
    [7, 7],
  ]);
});
