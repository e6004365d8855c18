import { expect, test } from 'vitest';
import { instantOf, logFilterOf, modules } from './log-query.ts';

const now = Date.parse('2026-11-20T14:30:42.500Z');

test('[AUD-02] the conditions of the address become the question to the gateway', () => {
  const account = '6f2b3c1e-6a52-4c0c-9d7a-0d4d8a1b2c3d';
  const filter = logFilterOf(
    {
      filter: {
        module: ['vm', 'unheard'],
        operation: ['vm.create'],
        result: ['failed', 'odd'],
        account: [account],
        resource: ['a'.repeat(80)],
        region: ['region-1'],
      },
    },
    now,
  );
  expect(filter).toEqual({
    module: ['vm'],
    operation: ['vm.create'],
    result: ['failed'],
    accountId: account,
    resourceId: 'a'.repeat(64),
    region: ['region-1'],
  });
  expect(logFilterOf({ filter: { account: ['nobody'], module: ['unheard'] } }, now)).toEqual({});
});

test('[AUD-02] a span ends now, moves once a minute and wins over typed times', () => {
  const hour = logFilterOf({ filter: { time: ['hour'], from: ['2026-01-01T00:00'] } }, now);
  expect(hour).toEqual({ from: '2026-11-20T13:30:00.000Z' });
  expect(logFilterOf({ filter: { time: ['hour'] } }, now + 10_000)).toEqual(hour);
  expect(logFilterOf({ filter: { time: ['week'] } }, now)).toEqual({ from: '2026-11-13T14:30:00.000Z' });
});

test('[AUD-02] a typed time is local and anything else is none', () => {
  expect(instantOf('2026-11-20T14:30')).toBe(new Date(2026, 10, 20, 14, 30).toISOString());
  for (const text of [undefined, '', 'yesterday', '2026-13-45T99:99']) expect(instantOf(text), text).toBeUndefined();
  const { from, to } = logFilterOf({ filter: { from: ['2026-11-20T00:00'], to: ['2026-11-21T00:00'] } }, now);
  expect([from, to].every((at) => at?.endsWith('Z'))).toBe(true);
});

test('[AUD-02] every module of an operation can be asked for', () => {
  expect(modules).toContain('session');
  expect(new Set(modules).size).toBe(modules.length);
});
