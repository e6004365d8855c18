import { z } from 'zod';
import { accountId, apiKeyId, regionKey } from './ids.ts';
import { locale } from './locale.ts';
import { permission } from './permissions.ts';
import { resourceScope } from './schemas/identity.ts';
import { operationVia } from './schemas/operation-log.ts';

/**
 * Who acts, as the gateway vouches for it: claims of an EdDSA JWT that is valid for 60 s and for one region. The region
 * decides by it and never by anything else the request says. Header: `authorization: Bearer <jwt>`.
 */
export const actorAssertion = z.object({
  sub: accountId,
  name: z.string(),
  email: z.string(),
  aud: regionKey,
  /** What holds for every resource of the region. */
  permissions: z.union([z.literal('*'), z.array(permission)]),
  /** What holds for resources that `sub` owns (IAM-19). */
  own: z.array(permission).default([]),
  /** What holds for chosen resources (IAM-22). */
  scoped: z.array(z.object({ permissions: z.array(permission), scope: resourceScope })).default([]),
  via: operationVia.default('console'),
  apiKeyId: apiKeyId.nullable().default(null),
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
  /** Events after `?after=N`, for webhooks: see event-feed.ts. */
  eventFeed: '/v1/event-feed',
  /** Entries of the region's operation log after `?after=N`, for the gateway's chain. */
  operationLog: '/v1/operation-log',
  enrol: '/v1/enrol',
  renew: '/v1/renew',
  metrics: '/metrics',
} as const;
