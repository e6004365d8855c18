/** Statistics of all domains in one call. */
import { type DomainHandle, type DomainRef, domainOf, flagBits, handleOf } from '../domain-ref.ts';
import * as e from '../gen/enums.ts';
import { remote } from '../gen/remote.ts';
import { type ParamRecord, paramsToObject } from '../params.ts';
import type { CallOptions, Caller } from '../rpc-types.ts';
import { stateReason } from '../reasons.ts';
import { type DomainState, domainState } from './domain-operations.ts';

/** Groups of statistics; `block` and `interface` cost the most. */
export interface StatsGroups {
  state?: boolean;
  cpuTotal?: boolean;
  balloon?: boolean;
  vcpu?: boolean;
  interface?: boolean;
  block?: boolean;
  perf?: boolean;
  iothread?: boolean;
  memory?: boolean;
  dirtyrate?: boolean;
}

const GROUPS = {
  state: e.virDomainStatsTypes.VIR_DOMAIN_STATS_STATE,
  cpuTotal: e.virDomainStatsTypes.VIR_DOMAIN_STATS_CPU_TOTAL,
  balloon: e.virDomainStatsTypes.VIR_DOMAIN_STATS_BALLOON,
  vcpu: e.virDomainStatsTypes.VIR_DOMAIN_STATS_VCPU,
  interface: e.virDomainStatsTypes.VIR_DOMAIN_STATS_INTERFACE,
  block: e.virDomainStatsTypes.VIR_DOMAIN_STATS_BLOCK,
  perf: e.virDomainStatsTypes.VIR_DOMAIN_STATS_PERF,
  iothread: e.virDomainStatsTypes.VIR_DOMAIN_STATS_IOTHREAD,
  memory: e.virDomainStatsTypes.VIR_DOMAIN_STATS_MEMORY,
  dirtyrate: e.virDomainStatsTypes.VIR_DOMAIN_STATS_DIRTYRATE,
};

export interface StatsFilter {
  active?: boolean;
  inactive?: boolean;
  /** Skips what would have to wait for a busy domain: one stuck guest must not stop the rest. */
  nowait?: boolean;
  /** Includes the backing chain of disks. */
  backing?: boolean;
}

const FILTER = {
  active: e.virConnectGetAllDomainStatsFlags.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE,
  inactive: e.virConnectGetAllDomainStatsFlags.VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE,
  nowait: e.virConnectGetAllDomainStatsFlags.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT,
  backing: e.virConnectGetAllDomainStatsFlags.VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING,
};

/** libvirt's own keys: `state.state`, `cpu.time`, `block.0.rd.bytes`, `balloon.current` (KiB) and so on. */
export interface DomainStats {
  domain: DomainHandle;
  stats: ParamRecord;
}

export interface DomainSummary extends DomainHandle {
  state: DomainState;
  /** libvirt's number, and its name: `user`, `ioerror`, `destroyed`. */
  reason: number;
  reasonName: string;
}

export const statsOperations = (caller: Caller) => ({
  /** Statistics of these domains, or of all when none is named; no group means every group. */
  domainStats: async (
    groups: StatsGroups = {},
    filter: StatsFilter & { domains?: DomainRef[] } = {},
    options?: CallOptions,
  ): Promise<DomainStats[]> => {
    const { domains = [], ...flags } = filter;
    const args = { doms: domains.map(domainOf), stats: flagBits(groups, GROUPS), flags: flagBits(flags, FILTER) };
    const { retStats } = await caller.call(remote.connectGetAllDomainStats, args, options);
    return retStats.map(({ dom, params }) => ({ domain: handleOf(dom), stats: paramsToObject(params) }));
  },

  /** Every domain with its state, in one call. */
  domainSummaries: async (options?: CallOptions): Promise<DomainSummary[]> => {
    const args = { doms: [], stats: GROUPS.state, flags: 0 };
    const { retStats } = await caller.call(remote.connectGetAllDomainStats, args, options);
    return retStats.map(({ dom, params }) => {
      const stats = paramsToObject(params);
      const [state, reason] = [domainState(Number(stats['state.state'])), Number(stats['state.reason'])];
      return { ...handleOf(dom), state, reason, reasonName: stateReason(state, reason) };
    });
  },
});
