/** What the n-th VM of a simulated fleet is like: always the same for the same n, and as varied as those of a company. */
import { gib, type VmState } from '@basalt/contract';

export interface FleetVm {
  /** From 1. */
  readonly n: number;
  readonly name: string;
  readonly note: string;
  /** Index of its environment: which of the fleet's networks it is in. */
  readonly environment: number;
  readonly vcpu: number;
  readonly memory: number;
  readonly systemDisk: number;
  /** Null = none. */
  readonly dataDisk: number | null;
  /** What it would be, if there is room. */
  readonly state: Extract<VmState, 'running' | 'paused' | 'stopped'>;
  readonly protected: boolean;
  /** Milliseconds before now. */
  readonly age: number;
  /** Milliseconds since its last start or end, at most its age. */
  readonly since: number;
}

interface Kind {
  readonly role: string;
  readonly note: string;
  readonly disk: number;
  readonly data: number | null;
}

const kinds: readonly Kind[] = [
  { role: 'web', note: 'Front end behind the load balancer', disk: 40, data: null },
  { role: 'app', note: 'Order service', disk: 40, data: null },
  { role: 'db', note: 'PostgreSQL; restart only in the window, Sunday 02:00 to 04:00', disk: 60, data: 200 },
  { role: 'cache', note: '', disk: 20, data: null },
  { role: 'queue', note: 'Message broker, three of each environment', disk: 40, data: 50 },
  { role: 'build', note: 'Build agent; may be recreated at any time', disk: 80, data: null },
  { role: 'report', note: 'Monthly reports, finance', disk: 40, data: 100 },
  { role: 'desktop', note: '', disk: 60, data: null },
];

/** Name and share, per cent. */
const environments = [
  ['prod', 55],
  ['test', 20],
  ['stage', 10],
  ['dev', 15],
] as const;

/** vCPU, GiB and share per mille: a region's flavours, the small ones often. */
const sizes = [
  [1, 2, 350],
  [2, 4, 365],
  [4, 8, 190],
  [8, 16, 72],
  [16, 32, 19],
  [32, 64, 4],
] as const;

const DAY = 86_400_000;

/** Numbers from 0 to 1 that follow from `seed` alone (mulberry32). */
function random(seed: number): () => number {
  let at = Math.imul(seed, 0x9e37_79b1);
  return () => {
    at = (at + 0x6d2b_79f5) | 0;
    let t = Math.imul(at ^ (at >>> 15), at | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Index of the share that `value` (0 to the sum of all) falls into. */
function indexAt(shares: readonly number[], value: number): number {
  let left = value;
  const found = shares.findIndex((share) => (left -= share) < 0);
  return found < 0 ? 0 : found;
}

export function fleetVm(n: number): FleetVm {
  const next = random(n);
  const kind = kinds[Math.floor(next() * kinds.length)] ?? { role: 'vm', note: '', disk: 40, data: null };
  const environment = indexAt(
    environments.map(([, share]) => share),
    next() * 100,
  );
  const [vcpu, memory] = sizes[
    indexAt(
      sizes.map(([, , share]) => share),
      next() * 1_000,
    )
  ] ?? [1, 2];
  const power = next();
  // most are young, some are old
  const age = (0.2 + next() ** 2 * 900) * DAY;
  return {
    n,
    name: `${kind.role}-${environments[environment]?.[0] ?? 'dev'}-${String(n).padStart(6, '0')}`,
    note: kind.note,
    environment,
    vcpu,
    memory: gib(memory),
    systemDisk: gib(kind.disk),
    dataDisk: kind.data === null ? null : gib(kind.data * (1 + Math.floor(next() * 4))),
    state: power < 0.83 ? 'running' : power < 0.845 ? 'paused' : 'stopped',
    protected: kind.role === 'db' && environment === 0,
    age,
    since: age * next(),
  };
}
