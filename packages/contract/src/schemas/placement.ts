import { z } from 'zod';
import { hostId, vmId } from '../ids.ts';
import { timestamp } from './common.ts';

/** The rules of SCH-01 in the order in which they are asked. */
export const placementRule = z.enum([
  'state',
  'reachable',
  'cluster',
  'architecture',
  'virtualisation',
  'network',
  'storage',
  'vcpu',
  'memory',
  'firmware',
]);
export type PlacementRule = z.infer<typeof placementRule>;

export const hostVerdict = z.object({
  host: z.object({ id: hostId, name: z.string() }),
  fits: z.boolean(),
  /** Why not: the first rule that failed, with what was needed and what there is. Null when it fits. */
  ruledOut: z
    .object({
      rule: placementRule,
      needed: z.union([z.string(), z.number()]),
      available: z.union([z.string(), z.number()]),
    })
    .nullable(),
  /** 0–1, higher is better; null when ruled out. Parts add up to it. */
  score: z.number().nullable(),
  parts: z.array(z.object({ key: z.enum(['memoryFree', 'vcpuFree', 'spread']), value: z.number() })),
});

export const placement = z.object({
  decidedAt: timestamp,
  cause: z.enum(['create', 'start', 'preview', 'migrate', 'restart']),
  chosen: z.object({ id: hostId, name: z.string() }).nullable(),
  verdicts: z.array(hostVerdict),
  /** The smallest change that would make it fit (BYD-02); null when it fits. */
  nearestFix: z
    .object({ rule: placementRule, host: z.string(), missing: z.union([z.string(), z.number()]) })
    .nullable(),
});
export type Placement = z.infer<typeof placement>;

export const placementPreview = z.object({
  /** One per VM of the batch, in order. */
  placements: z.array(placement),
  addresses: z.array(
    z.object({
      name: z.string(),
      addresses: z.array(z.object({ network: z.string(), address: z.string().nullable(), automatic: z.boolean() })),
    }),
  ),
  capacity: z.array(
    z.object({
      resource: z.enum(['vcpu', 'memory', 'storage']),
      where: z.string(),
      needed: z.number(),
      free: z.number(),
      total: z.number(),
    }),
  ),
  fits: z.boolean(),
  problems: z.array(z.object({ code: z.string(), message: z.string(), field: z.string().nullable() })),
});
export type PlacementPreview = z.infer<typeof placementPreview>;
export const placementOf = placement.extend({ vmId });
