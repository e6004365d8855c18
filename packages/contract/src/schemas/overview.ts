import { z } from 'zod';
import { facet, timestamp } from './common.ts';
import { capacity } from './cluster.ts';

/** One thing that wants somebody now; words under `attention.<key>` in the console. */
export const attentionItem = z.object({
  key: z.enum([
    'vmFailed',
    'hostUnreachable',
    'hostFailed',
    'storageDegraded',
    'storageFull',
    'memoryFull',
    'taskFailed',
    'taskParked',
    'orphans',
    'fewHosts',
  ]),
  level: z.enum(['warning', 'error']),
  resource: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  since: timestamp,
});

export const serviceHealth = z.object({
  key: z.enum(['ceph', 'ovn', 'database', 'agents', 'metrics', 'region']),
  health: z.enum(['healthy', 'warning', 'error', 'unknown']),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const overview = z.object({
  at: timestamp,
  version: z.string(),
  attention: z.array(attentionItem),
  vcpu: capacity,
  memory: capacity,
  storage: z.array(z.object({ id: z.string(), name: z.string(), media: z.string(), capacity })),
  hosts: z.array(
    z.object({ id: z.string(), name: z.string(), cluster: z.string(), state: z.string(), load: z.number().nullable() }),
  ),
  hostStates: facet,
  vmStates: facet,
  services: z.array(serviceHealth),
});
export type Overview = z.infer<typeof overview>;
