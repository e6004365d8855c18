import { z } from 'zod';
import { regionKey } from '../ids.ts';
import { timestamp } from './common.ts';

export const regionHealth = z.enum(['healthy', 'degraded', 'unreachable']);

export const region = z.object({
  key: regionKey,
  name: z.string(),
  health: regionHealth,
  version: z.string().nullable(),
  /** Round trip from the gateway to the region, milliseconds. */
  latency: z.number().nullable(),
  /** When the region last answered; what is shown of it is of then. */
  seenAt: timestamp.nullable(),
});
export type Region = z.infer<typeof region>;
