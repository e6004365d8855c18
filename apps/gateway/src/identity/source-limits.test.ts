import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BasaltError, type SourceLimits } from '@basalt/contract';
import { hoursMatch, limitsRefusal, sourceLimitsCanonical } from './source-limits.ts';

const limits = (given: Partial<SourceLimits>): SourceLimits => ({
  sources: [],
  hours: [],
  timeZone: 'Asia/Shanghai',
  ...given,
});

const refusalOf = (given: Partial<SourceLimits>): BasaltError => {
  try {
    sourceLimitsCanonical(limits(given));
  } catch (error) {
    if (error instanceof BasaltError) return error;
  }
  throw new Error('it was taken');
};

describe('limits', () => {
  it('[IAM-12] are kept in canonical form, without doubles', () => {
    expect(
      sourceLimitsCanonical(limits({ sources: ['::ffff:10.0.0.1', '10.0.0.1/32', '2001:DB8::/32'] })).sources,
    ).toEqual(['10.0.0.1', '2001:db8::/32']);
  });

  it('[IAM-12] a window across midnight becomes two, also from Sunday to Monday', () => {
    const hours = [
      { day: 7, from: '22:00', to: '06:00' },
      { day: 3, from: '20:00', to: '00:00' },
      { day: 2, from: '08:00', to: '18:00' },
    ];
    expect(sourceLimitsCanonical(limits({ hours })).hours).toEqual([
      { day: 1, from: '00:00', to: '06:00' },
      { day: 2, from: '08:00', to: '18:00' },
      { day: 3, from: '20:00', to: '24:00' },
      { day: 7, from: '22:00', to: '24:00' },
    ]);
  });

  it.each([
    ['a network with bits behind its prefix', { sources: ['10.0.0.0/8', '10.0.0.1/8'] }, 'limits.sources.1'],
    ['an empty window', { hours: [{ day: 1, from: '08:00', to: '08:00' }] }, 'limits.hours.0'],
    ['a time zone that is not known', { timeZone: 'Mars/Olympus' }, 'limits.timeZone'],
  ])('[IAM-12] %s is refused by name in both languages', (_, given, field) => {
    const error = refusalOf(given);
    expect([error.code, error.field]).toEqual(['invalidInput', field]);
    expect(error.text('zh-CN')).toMatch(/[一-龥]/u);
    expect(error.text('en-US')).not.toMatch(/[一-龥]/u);
  });

  it('[IAM-12] refusals say what is refused in both languages', () => {
    const source = limitsRefusal(limits({ sources: ['10.0.0.0/8'] }), '192.0.2.1');
    expect(source?.text('zh-CN')).toBe('该账号不允许从 192.0.2.1 访问');
    expect(source?.text('en-US')).toBe('This account may not be used from 192.0.2.1');
    const never = limits({ hours: [{ day: 1, from: '00:00', to: '00:01' }] });
    const hours = limitsRefusal(never, '192.0.2.1', new Date('2026-11-20T00:00:00Z'));
    expect(hours?.text('zh-CN')).toBe('该账号当前时段不允许访问');
    expect(hours?.text('en-US')).toBe('This account may not be used at this hour');
  });
});

describe('hours', () => {
  const friday = [{ day: 5, from: '08:30', to: '18:00' }];
  it.each([
    ['2026-11-20T00:29:59Z', false],
    ['2026-11-20T00:30:00Z', true],
    ['2026-11-20T09:59:59Z', true],
    ['2026-11-20T10:00:00Z', false],
    ['2026-11-21T00:30:00Z', false],
  ])('[IAM-12] Friday 08:30–18:00 in Shanghai, at %s: %s', (at, expected) => {
    expect(hoursMatch(friday, 'Asia/Shanghai', new Date(at))).toBe(expected);
  });

  it('[IAM-12] follow the clocks of their zone into summer time and back', () => {
    const morning = [{ day: 1, from: '09:00', to: '10:00' }];
    expect(hoursMatch(morning, 'Europe/Berlin', new Date('2026-07-06T07:30:00Z'))).toBe(true);
    expect(hoursMatch(morning, 'Europe/Berlin', new Date('2026-01-05T07:30:00Z'))).toBe(false);
    expect(hoursMatch(morning, 'Europe/Berlin', new Date('2026-01-05T08:30:00Z'))).toBe(true);
  });

  it('[IAM-12] a window and its complement hold at every moment, but never both', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const clock = (at: number): string =>
      `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
    fc.assert(
      fc.property(
        minute,
        minute,
        fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
        fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC'),
        (from, to, at, timeZone) => {
          fc.pre(from !== to);
          const everyDay = (a: number, b: number) =>
            sourceLimitsCanonical({
              sources: [],
              hours: Array.from({ length: 7 }, (_, i) => ({ day: i + 1, from: clock(a), to: clock(b) })),
              timeZone,
            }).hours;
          const inside = hoursMatch(everyDay(from, to), timeZone, at);
          const outside = hoursMatch(everyDay(to, from), timeZone, at);
          expect(inside).toBe(!outside);
        },
      ),
      { numRuns: 500 },
    );
  });
});
