import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOff, nextTry, retryAfter } from './retry.ts';

const now = Date.UTC(2026, 0, 31, 8);

describe('trying again', () => {
  it('[API-03] is put off longer each time, from 5 seconds up to 10 minutes, never all at once', () => {
    const waits = Array.from({ length: 12 }, (_, i) => backOff(i + 1, undefined, 0.5));
    expect(waits.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(waits.at(-1)).toBe(600_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, chance) => {
          const wait = backOff(failures, undefined, chance);
          expect(wait).toBeGreaterThanOrEqual(4_000);
          expect(wait).toBeLessThanOrEqual(720_000);
          expect(wait).toBeGreaterThanOrEqual(backOff(failures, undefined, 0));
        },
      ),
    );
  });

  it('[API-03] waits as long as the receiver asks, but no longer than an hour', () => {
    expect(retryAfter('120', now)).toBe(120_000);
    expect(retryAfter(new Date(now + 90_000).toUTCString(), now)).toBe(90_000);
    expect(retryAfter('99999999', now)).toBe(3_600_000);
    expect(retryAfter(new Date(now - 90_000).toUTCString(), now)).toBe(0);
    for (const header of [null, '', 'soon', '-5', '1e99'])
      expect(retryAfter(header, now) ?? 0, String(header)).toBeLessThanOrEqual(3_600_000);
    expect(retryAfter('soon', now)).toBeNull();
    const asked = { status: 503, retryAfterMs: 1_800_000 };
    expect(nextTry(1, asked, now).getTime()).toBe(now + 1_800_000);
    expect(nextTry(1, { ...asked, status: 500 }, now).getTime()).toBeLessThan(now + 7_000);
    expect(nextTry(20, { status: 429, retryAfterMs: 1 }, now).getTime()).toBeGreaterThanOrEqual(now + 480_000);
  });
});
