import { z } from 'zod';
import { timestamp } from './common.ts';

/**
 * One row of the region's outbox as the stream sends it (API-03). `data` is the resource's present list form where there
 * is one (vm → VmSummary, host → Host, image → Image, network → Network, task → Task), so that a client can patch without asking.
 */
export const liveEvent = z.object({
  sequence: z.int(),
  at: timestamp,
  kind: z.enum(['vm', 'host', 'image', 'network', 'task', 'cluster', 'storageCluster', 'event']),
  change: z.enum(['created', 'updated', 'deleted']),
  id: z.string(),
  data: z.unknown(),
});
export type LiveEvent = z.infer<typeof liveEvent>;
