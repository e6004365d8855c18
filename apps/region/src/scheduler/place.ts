/**
 * Where a VM goes (SCH-01), as a pure function of what is known: equal input gives an equal answer, whatever order the
 * hosts come in. Every decision explains itself (SCH-02): per host the rule that ruled it out with needed and available,
 * or the parts of its score.
 */
import type { ClusterId, HostId, HostState, Placement, PlacementRule } from '@basalt/contract';

export interface Candidate {
  readonly id: HostId;
  readonly name: string;
  readonly clusterId: ClusterId;
  readonly clusterName: string;
  readonly state: HostState;
  /** Whether its agent is heard now. */
  readonly connected: boolean;
  readonly architecture: string;
  /** Null until the agent has said what the host can do. */
  readonly virtualisation: 'kvm' | 'tcg' | null;
  /** Provider networks its uplinks carry. */
  readonly networks: readonly string[];
  /** False when its own check of the storage network failed. */
  readonly storageReachable: boolean;
  /** What guests may be promised (over-commit and reserve counted in) and have been. */
  readonly vcpu: { readonly total: number; readonly allocated: number };
  readonly memory: { readonly total: number; readonly allocated: number };
}

export interface Demand {
  readonly clusterId: ClusterId;
  readonly clusterName: string;
  readonly architecture: string;
  /** 0 where only a place to define it is wanted. */
  readonly vcpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly networks: readonly string[];
}

export type Verdict = Placement['verdicts'][number];
type RuledOut = NonNullable<Verdict['ruledOut']>;

const weights = { memoryFree: 0.3, vcpuFree: 0.2, spread: 0.5 } as const;
const round = (n: number): number => Math.round(n * 1e6) / 1e6;
const gone = new Set<HostState>(['unreachable', 'fencing', 'failed']);

interface Load {
  vcpu: number;
  memory: number;
  /** VMs of this batch that it has got. */
  batch: number;
}

/** In the order of `placementRule`; each null when the host passes. */
const rules: readonly ((h: Candidate, d: Demand, load: Load) => RuledOut | null)[] = [
  (h) => (h.state === 'available' || gone.has(h.state) ? null : found('state', 'available', h.state)),
  (h) => (gone.has(h.state) ? found('reachable', 'available', h.state) : null),
  (h) => (h.connected ? null : found('reachable', 'connected', 'connecting')),
  (h, d) => (h.clusterId === d.clusterId ? null : found('cluster', d.clusterName, h.clusterName)),
  (h, d) => (h.architecture === d.architecture ? null : found('architecture', d.architecture, h.architecture)),
  (h) => (h.virtualisation ? null : found('virtualisation', 'kvm', '')),
  (h, d) => {
    const missing = d.networks.find((n) => !h.networks.includes(n));
    return missing === undefined ? null : found('network', missing, h.networks.toSorted().join(', '));
  },
  (h) => (h.storageReachable ? null : found('storage', 1, 0)),
  (h, d, load) =>
    load.vcpu + d.vcpu <= h.vcpu.total ? null : found('vcpu', d.vcpu, Math.max(0, h.vcpu.total - load.vcpu)),
  (h, d, load) =>
    load.memory + d.memory <= h.memory.total
      ? null
      : found('memory', d.memory, Math.max(0, h.memory.total - load.memory)),
];

function found(rule: PlacementRule, needed: string | number, available: string | number): RuledOut {
  return { rule, needed, available };
}

function score(host: Candidate, demand: Demand, load: Load): Verdict['parts'] {
  const free = (total: number, taken: number) => (total > 0 ? Math.max(0, total - taken) / total : 0);
  return [
    { key: 'memoryFree', value: round(weights.memoryFree * free(host.memory.total, load.memory + demand.memory)) },
    { key: 'vcpuFree', value: round(weights.vcpuFree * free(host.vcpu.total, load.vcpu + demand.vcpu)) },
    { key: 'spread', value: round(weights.spread / (1 + load.batch)) },
  ];
}

/** Smallest first: fewest broken rules, then how much is missing, then the name. */
function nearestFix(
  hosts: readonly Candidate[],
  demand: Demand,
  loads: ReadonlyMap<string, Load>,
): Placement['nearestFix'] {
  const short = hosts
    .map((host) => {
      const load = loads.get(host.id) ?? { vcpu: 0, memory: 0, batch: 0 };
      const broken = rules.flatMap((rule) => rule(host, demand, load) ?? []);
      const first = broken[0];
      const missing =
        first && typeof first.needed === 'number' && typeof first.available === 'number'
          ? first.needed - first.available
          : (first?.needed ?? 0);
      return { host, broken, first, missing };
    })
    .toSorted(
      (a, b) =>
        a.broken.length - b.broken.length ||
        Number(typeof a.missing === 'string') - Number(typeof b.missing === 'string') ||
        (typeof a.missing === 'number' && typeof b.missing === 'number' ? a.missing - b.missing : 0) ||
        byName(a.host, b.host),
    )[0];
  return short?.first ? { rule: short.first.rule, host: short.host.name, missing: short.missing } : null;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byName = (a: Candidate, b: Candidate): number => compare(a.name, b.name) || compare(a.id, b.id);

/** Hosts that would be asked, were their agents heard: the region has just been started, or a connection just broke. */
export const connecting = (candidates: readonly Candidate[], { clusterId }: Pick<Demand, 'clusterId'>): Candidate[] =>
  candidates.filter((h) => h.clusterId === clusterId && h.state === 'available' && !h.connected);

export interface PlaceOptions {
  readonly cause: Placement['cause'];
  readonly decidedAt: Date;
}

/**
 * One placement per demand, in their order; each counts in those before it. A demand that fits nowhere takes nothing and
 * the rest are still decided, so that the operator sees how far a batch would get.
 */
export function placeBatch(
  candidates: readonly Candidate[],
  demands: readonly Demand[],
  { cause, decidedAt }: PlaceOptions,
): Placement[] {
  const hosts = candidates.toSorted(byName);
  const loads = new Map<string, Load>(
    hosts.map((h) => [h.id, { vcpu: h.vcpu.allocated, memory: h.memory.allocated, batch: 0 }]),
  );
  return demands.map((demand) => {
    let best: { host: Candidate; load: Load; score: number } | null = null;
    const verdicts = hosts.map((host): Verdict => {
      const load = loads.get(host.id) ?? { vcpu: 0, memory: 0, batch: 0 };
      const named = { id: host.id, name: host.name };
      for (const rule of rules) {
        const ruledOut = rule(host, demand, load);
        if (ruledOut) return { host: named, fits: false, ruledOut, score: null, parts: [] };
      }
      const parts = score(host, demand, load);
      const sum = round(parts.reduce((total, part) => total + part.value, 0));
      // hosts come by name, so the first of equals wins
      if (!best || sum > best.score) best = { host, load, score: sum };
      return { host: named, fits: true, ruledOut: null, score: sum, parts };
    });
    const chosen = best as { host: Candidate; load: Load } | null;
    if (chosen) {
      chosen.load.vcpu += demand.vcpu;
      chosen.load.memory += demand.memory;
      chosen.load.batch += 1;
    }
    return {
      decidedAt: decidedAt.toISOString(),
      cause,
      chosen: chosen ? { id: chosen.host.id, name: chosen.host.name } : null,
      verdicts,
      nearestFix: chosen ? null : nearestFix(hosts, demand, loads),
    };
  });
}

/**
 * What is kept of a decision over very many hosts: the chosen one, the best-scored and the first of those ruled out.
 */
export function placementTrim(placement: Placement, most = 200): Placement {
  if (placement.verdicts.length <= most) return placement;
  const rank = (v: Verdict): number => (v.host.id === placement.chosen?.id ? 2 : (v.score ?? -1));
  const kept = new Set(placement.verdicts.toSorted((a, b) => rank(b) - rank(a)).slice(0, most));
  return { ...placement, verdicts: placement.verdicts.filter((v) => kept.has(v)) };
}
