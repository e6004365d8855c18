/** Source limits as a form has them (lines of text, rows of weekdays) and as the contract has them, in both directions. */
import type { SourceLimits } from '@basalt/contract';

export interface HoursRow {
  days: number[];
  from: string;
  to: string;
}
export interface LimitsValues {
  /** Addresses and networks, separated by commas, spaces or lines. */
  sources: string;
  hours: HoursRow[];
  timeZone: string;
}

export const everyDay = [1, 2, 3, 4, 5, 6, 7] as const;
export const workDays: readonly number[] = [1, 2, 3, 4, 5];

export const localTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
export const emptyLimits = (): LimitsValues => ({ sources: '', hours: [], timeZone: localTimeZone() });

/** A row that ends before it begins goes on after midnight. */
function windowsOf({ days, from, to }: HoursRow): SourceLimits['hours'] {
  const overnight = /^\d\d:\d\d$/u.test(from) && /^\d\d:\d\d$/u.test(to) && to < from;
  return days.flatMap((day) =>
    overnight
      ? [{ day, from, to: '24:00' }, ...(to === '00:00' ? [] : [{ day: (day % 7) + 1, from: '00:00', to }])]
      : [{ day, from, to }],
  );
}

export function limitsInputOf(values: LimitsValues): SourceLimits {
  const sources = values.sources.split(/[\s,，、;；]+/u).filter((part) => part !== '');
  return {
    sources: [...new Set(sources)],
    hours: values.hours.flatMap(windowsOf),
    timeZone: values.timeZone,
  };
}

/** Weekdays with the same hours make one row. */
export function limitsValuesOf(limits: SourceLimits): LimitsValues {
  const rows = new Map<string, HoursRow>();
  for (const { day, from, to } of limits.hours) {
    const key = `${from}-${to}`;
    const row = rows.get(key) ?? { days: [], from, to };
    rows.set(key, row);
    row.days.push(day);
  }
  return {
    sources: limits.sources.join('\n'),
    hours: [...rows.values()].map((row) => ({ ...row, days: row.days.toSorted((a, b) => a - b) })),
    timeZone: limits.timeZone,
  };
}

export const limitsAreOpen = (limits: SourceLimits): boolean =>
  limits.sources.length === 0 && limits.hours.length === 0;

/** Runs of weekdays: [1,2,3,5] → [[1,3],[5,5]]. */
export function dayRuns(days: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const day of [...new Set(days)].toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs;
}
