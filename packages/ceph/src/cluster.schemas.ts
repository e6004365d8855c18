/** Shapes of what Ceph 16.2's monitors and manager answer, and their translation into ours. */
import { z } from 'zod';
import type {
  BlocklistEntry,
  ClusterHealth,
  ClusterStatus,
  ClusterUsage,
  MonitorInfo,
  OsdInfo,
  PoolInfo,
} from './types.ts';

const check = z.object({
  severity: z.string(),
  summary: z.object({ message: z.string() }),
  detail: z.array(z.object({ message: z.string() })).default([]),
  muted: z.boolean().default(false),
});

export const health = z
  .object({
    status: z.enum(['HEALTH_OK', 'HEALTH_WARN', 'HEALTH_ERR']),
    checks: z.record(z.string(), check).default({}),
  })
  .transform((raw): ClusterHealth => ({
    status: raw.status,
    checks: Object.entries(raw.checks).map(([code, found]) => ({
      code,
      severity: found.severity,
      summary: found.summary.message,
      details: found.detail.map((line) => line.message),
      muted: found.muted,
    })),
  }));

const number = z.number().default(0);

export const status = z
  .object({
    fsid: z.string(),
    health,
    quorum_names: z.array(z.string()),
    monmap: z.object({ num_mons: z.number() }),
    osdmap: z.object({ num_osds: z.number(), num_up_osds: z.number(), num_in_osds: z.number() }),
    pgmap: z.object({
      num_pgs: number,
      bytes_total: number,
      bytes_used: number,
      bytes_avail: number,
      degraded_ratio: number,
      misplaced_ratio: number,
      recovering_bytes_per_sec: number,
      read_bytes_sec: number,
      write_bytes_sec: number,
    }),
  })
  .transform(({ osdmap, pgmap, ...raw }): ClusterStatus => ({
    fsid: raw.fsid,
    health: raw.health,
    monitors: { total: raw.monmap.num_mons, inQuorum: raw.quorum_names },
    osds: { total: osdmap.num_osds, up: osdmap.num_up_osds, in: osdmap.num_in_osds },
    bytes: { total: pgmap.bytes_total, used: pgmap.bytes_used, available: pgmap.bytes_avail },
    placementGroups: pgmap.num_pgs,
    degradedRatio: pgmap.degraded_ratio,
    misplacedRatio: pgmap.misplaced_ratio,
    recoveringBytesPerSecond: pgmap.recovering_bytes_per_sec,
    readBytesPerSecond: pgmap.read_bytes_sec,
    writeBytesPerSecond: pgmap.write_bytes_sec,
  }));

export const usage = z
  .object({
    stats: z.object({ total_bytes: z.number(), total_avail_bytes: z.number(), total_used_raw_bytes: z.number() }),
    pools: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        stats: z.object({
          stored: z.number(),
          objects: z.number(),
          bytes_used: z.number(),
          percent_used: z.number(),
          max_avail: z.number(),
        }),
      }),
    ),
  })
  .transform((raw): ClusterUsage => ({
    total: raw.stats.total_bytes,
    used: raw.stats.total_used_raw_bytes,
    available: raw.stats.total_avail_bytes,
    pools: raw.pools.map(({ id, name, stats }) => ({
      id,
      name,
      stored: stats.stored,
      objects: stats.objects,
      used: stats.bytes_used,
      available: stats.max_avail,
      usedRatio: stats.percent_used,
    })),
  }));

const osdNode = z.object({
  id: z.number(),
  name: z.string(),
  type: z.string(),
  device_class: z.string().optional(),
  crush_weight: number,
  reweight: number,
  kb: number,
  kb_used: number,
  kb_avail: number,
  pgs: number,
  status: z.string().optional(),
  children: z.array(z.number()).default([]),
});

export const osdTree = z
  .object({ nodes: z.array(osdNode), stray: z.array(osdNode).default([]) })
  .transform((raw): OsdInfo[] => {
    const hostOf = new Map<number, string>();
    for (const node of raw.nodes) {
      if (node.type === 'host') for (const child of node.children) hostOf.set(child, node.name);
    }
    const osds = new Map<number, OsdInfo>();
    for (const node of [...raw.nodes, ...raw.stray]) {
      if (node.type !== 'osd') continue;
      // With shadow trees an OSD comes once for each root.
      osds.set(node.id, {
        id: node.id,
        host: hostOf.get(node.id) ?? null,
        deviceClass: node.device_class ?? null,
        up: node.status === 'up',
        in: node.reweight > 0,
        crushWeight: node.crush_weight,
        reweight: node.reweight,
        size: node.kb * 1024,
        used: node.kb_used * 1024,
        available: node.kb_avail * 1024,
        placementGroups: node.pgs,
      });
    }
    return [...osds.values()];
  });

export const rules = z.array(z.object({ rule_id: z.number(), rule_name: z.string() }));

export const pools = z.array(
  z.object({
    pool_id: z.number(),
    pool_name: z.string(),
    size: z.number(),
    min_size: z.number(),
    pg_num: z.number(),
    crush_rule: z.number(),
    quota_max_bytes: z.number(),
    application_metadata: z.record(z.string(), z.unknown()).default({}),
  }),
);

export const poolInfo = (raw: z.infer<typeof pools>[number], ruleNames: ReadonlyMap<number, string>): PoolInfo => ({
  id: raw.pool_id,
  name: raw.pool_name,
  replicas: raw.size,
  minReplicas: raw.min_size,
  pgCount: raw.pg_num,
  crushRule: ruleNames.get(raw.crush_rule) ?? String(raw.crush_rule),
  applications: Object.keys(raw.application_metadata),
  quotaBytes: raw.quota_max_bytes,
});

/** Ceph writes offsets as `+0000`. */
const utc = (text: string): string => new Date(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')).toISOString();

export const blocklist = z
  .array(z.object({ addr: z.string(), until: z.string() }))
  .transform((raw): BlocklistEntry[] => raw.map(({ addr, until }) => ({ address: addr, until: utc(until) })));

export const monitors = z
  .object({
    quorum: z.array(z.number()),
    mons: z.array(
      z.object({
        rank: z.number(),
        name: z.string(),
        public_addrs: z.object({ addrvec: z.array(z.object({ type: z.string(), addr: z.string() })) }),
      }),
    ),
  })
  .transform((raw): MonitorInfo[] =>
    raw.mons.map((mon) => ({
      name: mon.name,
      rank: mon.rank,
      addresses: mon.public_addrs.addrvec.map(({ type, addr }) => `${type}:${addr}`),
      inQuorum: raw.quorum.includes(mon.rank),
    })),
  );

export const auth = z
  .array(z.object({ entity: z.string(), key: z.string(), caps: z.record(z.string(), z.string()) }))
  .min(1);
