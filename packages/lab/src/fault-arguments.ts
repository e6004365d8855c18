/** Faults as data, and their command line. Pure. */
import { type NetworkName, networkNames } from './instance.ts';

/** `to` stops frames towards the host, `from` those the host sends. */
export type CutDirection = 'both' | 'to' | 'from';

export interface Degradation {
  delayMs?: number;
  lossPercent?: number;
  rateKbit?: number;
}

export type Fault =
  | { kind: 'pull'; host: number }
  | { kind: 'return'; host: number }
  | { kind: 'cut'; host: number; network: NetworkName; direction: CutDirection }
  | { kind: 'degrade'; host: number; network: NetworkName; degradation: Degradation }
  | { kind: 'freeze' | 'thaw' | 'kill'; process: string }
  | { kind: 'kill-osd'; osd: number }
  | { kind: 'kill-mon'; host: number };

const hostOf = (text: string | undefined) => {
  const match = /^host([1-9])$/.exec(text ?? '');
  return match === null ? undefined : Number(match[1]);
};

const networkOf = (text: string | undefined) => networkNames.find((one) => one === text || one.slice(0, 4) === text);

const options: Record<string, [keyof Degradation, (value: number) => boolean]> = {
  '--delay': ['delayMs', (value) => value > 0 && value <= 60_000],
  '--loss': ['lossPercent', (value) => value > 0 && value <= 100],
  '--rate': ['rateKbit', (value) => value >= 8],
};

function degradationParse(args: string[]): Degradation | undefined {
  const degradation: Degradation = {};
  for (let index = 0; index < args.length; index += 2) {
    const option = options[args[index] ?? ''];
    const value = Number(args[index + 1] ?? Number.NaN);
    if (option === undefined || !option[1](value)) return undefined;
    degradation[option[0]] = value;
  }
  return Object.keys(degradation).length === 0 ? undefined : degradation;
}

/** Parses what follows `fault`. */
export function faultParse(args: string[]): Fault | { error: string } {
  const [kind, subject, third, ...rest] = args;
  const host = hostOf(subject);
  const network = networkOf(third);
  switch (kind) {
    case 'pull':
    case 'return':
    case 'kill-mon':
      return host === undefined || third !== undefined
        ? { error: `fault ${kind} takes a host, such as host2` }
        : { kind, host };
    case 'cut': {
      const direction = rest[0] ?? 'both';
      if (host === undefined || network === undefined)
        return { error: `fault cut takes a host and one of ${networkNames.join(', ')}` };
      if ((direction !== 'both' && direction !== 'to' && direction !== 'from') || rest.length > 1)
        return { error: 'the direction of a cut is to, from or both' };
      return { kind, host, network, direction };
    }
    case 'degrade': {
      const degradation = degradationParse(rest);
      if (host === undefined || network === undefined || degradation === undefined)
        return {
          error: 'fault degrade takes a host, a network and at least one of --delay MS, --loss PERCENT, --rate KBIT',
        };
      return { kind, host, network, degradation };
    }
    case 'freeze':
    case 'thaw':
    case 'kill':
      return subject === undefined || third !== undefined
        ? { error: `fault ${kind} takes a process, such as host2.libvirtd` }
        : { kind, process: subject };
    case 'kill-osd': {
      const osd = Number(subject ?? Number.NaN);
      return !Number.isInteger(osd) || osd < 0 || third !== undefined
        ? { error: 'fault kill-osd takes the number of an OSD' }
        : { kind, osd };
    }
    default:
      return { error: kind === undefined ? 'which fault?' : `unknown fault ${kind}` };
  }
}
