/**
 * Numbers, sizes and times as rule 15 of the design writes them. Pure functions; all words come in
 * through `Intl` or through the caller, so they work for any language and on the server.
 */

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Thousands with comma, at most `digits` decimals, no trailing zeros. */
export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }).format(value);
}

/** A number of bytes in binary units with a space: 68719476736 -> "64 GiB". One decimal below 100 when it is not whole. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  // Rounding may reach the next unit: 1023.99 GiB is 1 TiB.
  if (Number(value.toFixed(value < 100 ? 1 : 0)) >= 1024 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${formatNumber(value, unit === 0 || value >= 100 ? 0 : 1)} ${binaryUnits[unit]}`;
}

/** A share of 0..1 as per cent without space: 0.835 -> "84%". Never shows 100% before it is all. */
export function formatPercent(share: number): string {
  const percent = Math.round(share * 100);
  return `${share < 1 && percent === 100 ? 99 : percent}%`;
}

/** A duration in ms, in words of the locale: 190_000 -> "3 min 10 sec" / "3分钟10秒"; at most two units. */
export function formatDuration(ms: number, locale: string): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 1 })
      .format(value)
      // Units stand after a space in every language (rule 15); Intl writes 18毫秒.
      .replace(/(\d)(?=\p{Script=Han})/gu, '$1 ');
  if (ms < 1000) return unit(Math.round(ms), 'millisecond');
  if (ms < 10_000) return unit(Math.round(ms / 100) / 10, 'second');
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), 'day'],
    [Math.floor((seconds % 86400) / 3600), 'hour'],
    [Math.floor((seconds % 3600) / 60), 'minute'],
    [seconds % 60, 'second'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, name]) => unit(value, name))
    .join(' ');
}

const day = (date: Date): number => Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000);
const two = (value: number): string => String(value).padStart(2, '0');

/** The exact local time, for tooltips and logs: "2026-11-17 14:28:03". */
export function formatExact(at: Date): string {
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** The time of day: "14:28", with `seconds` "14:28:03". */
export function formatClock(at: Date, seconds = false): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}${seconds ? `:${two(at.getSeconds())}` : ''}`;
}

/**
 * Relative up to a day, then "yesterday 02:00", then "11-17", and with the year when it is another one.
 * `now` is passed in so that rows of one list agree and tests are exact.
 */
export function formatRelative(at: Date, now: Date, locale: string): string {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const spaced = (text: string) =>
    text.replace(/(\d)\s?(?=\p{Script=Han})/gu, '$1 ').replace(/(\p{Script=Han})(?=\d)/gu, '$1 ');
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const age = Math.abs(seconds);
  if (age < 60) return spaced(relative.format(seconds, 'second'));
  if (age < 3600) return spaced(relative.format(Math.trunc(seconds / 60), 'minute'));
  if (age < 86_400) return spaced(relative.format(Math.trunc(seconds / 3600), 'hour'));
  const days = day(at) - day(now);
  if (Math.abs(days) === 1) return `${relative.format(days, 'day')} ${formatClock(at)}`;
  const date = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return at.getFullYear() === now.getFullYear() ? date : `${at.getFullYear()}-${date}`;
}
