/** Where from and when an account may be used (IAM-12), for sessions and keys alike. */
import { BasaltError, both, type SourceLimits } from '@basalt/contract';
import { networkParse, networkText, sourceMatches } from './source-address.ts';

export { sourceMatches };

type Hours = SourceLimits['hours'];
const HOURS_MAX = 70;

const refuse = (field: string, zh: string, en: string): never => {
  throw new BasaltError('invalidInput', { field, rule: both(zh, en) }, { field });
};

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** A window that crosses midnight is two: one to the end of its day, one from the beginning of the next. */
function windowsOf(window: Hours[number], field: string): Hours {
  const { day, from, to } = window;
  if (minutesOf(from) < minutesOf(to)) return [window];
  if (from === to || from === '24:00') return refuse(field, '开始时间须早于结束时间', 'it must begin before it ends');
  const next = { day: (day % 7) + 1, from: '00:00', to };
  return [{ day, from, to: '24:00' }, ...(to === '00:00' ? [] : [next])];
}

/**
 * Limits as they are stored: canonical addresses without doubles, windows in order.
 * @throws BasaltError invalidInput naming the entry: no address or network, bits behind the prefix, an empty window, a time
 * zone that is not known.
 */
export function sourceLimitsCanonical(limits: SourceLimits, field = 'limits'): SourceLimits {
  const sources = limits.sources.map((text, i) => {
    const network = networkParse(text);
    if (network) return networkText(network);
    return refuse(
      `${field}.sources.${i}`,
      '应为 IP 地址或网段，且网段的主机位须为 0，例如 10.0.0.0/8、2001:db8::/32',
      'an IP address or a network without host bits, such as 10.0.0.0/8 or 2001:db8::/32',
    );
  });
  const hours = limits.hours
    .flatMap((window, i) => windowsOf(window, `${field}.hours.${i}`))
    .toSorted((a, b) => a.day - b.day || minutesOf(a.from) - minutesOf(b.from));
  if (hours.length > HOURS_MAX) refuse(`${field}.hours`, `最多 ${HOURS_MAX} 个时段`, `at most ${HOURS_MAX} windows`);
  try {
    // oxlint-disable-next-line no-new -- it throws for a zone that is not known
    new Intl.DateTimeFormat('en-US', { timeZone: limits.timeZone });
  } catch {
    refuse(`${field}.timeZone`, '未知时区，例如 Asia/Shanghai', 'no known time zone, such as Asia/Shanghai');
  }
  return { sources: [...new Set(sources)], hours, timeZone: limits.timeZone };
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const days: Readonly<Record<string, number>> = { Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6, Sun: 7 };

/** Weekday and minute of the day in a time zone. */
function localTime(timeZone: string, at: Date): { readonly day: number; readonly minute: number } {
  let clock = clocks.get(timeZone);
  if (!clock)
    clocks.set(
      timeZone,
      (clock = new Intl.DateTimeFormat('en-US', {
        timeZone,
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      })),
    );
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: days[parts['weekday'] ?? ''] ?? 0, minute: Number(parts['hour']) * 60 + Number(parts['minute']) };
}

/** Whether a moment lies in one of the windows, the end not included; no windows: at any time. */
export function hoursMatch(hours: Hours, timeZone: string, at: Date): boolean {
  if (hours.length === 0) return true;
  const now = localTime(timeZone, at);
  return hours.some(
    ({ day, from, to }) => day === now.day && now.minute >= minutesOf(from) && now.minute < minutesOf(to),
  );
}

/** Why an account may not be used from this address now: sourceRefused or hoursRefused; null when it may. */
export function limitsRefusal(limits: SourceLimits, address: string, at = new Date()): BasaltError | null {
  if (!sourceMatches(limits.sources, address)) return new BasaltError('sourceRefused', { address });
  if (!hoursMatch(limits.hours, limits.timeZone, at)) return new BasaltError('hoursRefused');
  return null;
}

/**
 * Limits that somebody sets for himself must admit him as he is: from this address, now.
 * @throws BasaltError invalidInput naming the sources or the hours.
 */
export function ownLimitsDemand(limits: SourceLimits, address: string, at = new Date()): void {
  const refusal = limitsRefusal(limits, address, at);
  if (refusal?.code === 'sourceRefused')
    refuse(
      'limits.sources',
      `须包含您当前的来源地址 ${address}，否则您将无法继续访问`,
      `your own address, ${address}, must be among them, or you would lock yourself out`,
    );
  if (refusal?.code === 'hoursRefused')
    refuse(
      'limits.hours',
      '须包含当前时间，否则您将无法继续访问',
      'the present time must be within them, or you would lock yourself out',
    );
}
