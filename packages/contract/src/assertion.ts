import { z } from 'zod';
import { accountId, regionKey } from './ids.ts';
import { locale } from './locale.ts';
import { permission } from './permissions.ts';

/**
 * Who acts, as the gateway vouches for it: claims of an EdDSA JWT that is valid for 60 s and for one region. The region
 * decides by it and never by anything else the request says. Header: `authorization: Bearer <jwt>`.
 */
export const actorAssertion = z.object({
  sub: accountId,
  name: z.string(),
  email: z.string(),
  aud: regionKey,
  permissions: z.union([z.literal('*'), z.array(permission)]),
  address: z.string(),
  client: z.string(),
  locale,
  requestId: z.string(),
});
export type ActorAssertion = z.infer<typeof actorAssertion>;

/** The gateway's own paths below the region's endpoint. */
export const regionPaths = {
  rpc: '/v1/rpc',
  events: '/v1/live',
  console: '/v1/console',
  upload: '/v1/images',
  health: '/v1/health',
  enrol: '/v1/enrol',
  renew: '/v1/renew',
  metrics: '/metrics',
} as const;
