/**
 * The region's operation log as the gateway takes it into its chain: `GET /v1/operation-log?after=N&limit=500` over mutual
 * TLS with the gateway's identity and without an actor. Entries come in the order of their ids, from the first after `N`.
 */
import { z } from 'zod';
import { operationVia, operationResult } from './schemas/operation-log.ts';
import { timestamp } from './schemas/common.ts';

export const REGION_LOG_LIMIT = 500;

/**
 * Wide on purpose: a region may be a version ahead, and an entry that the gateway does not understand in full must be kept,
 * not refused.
 */
export const regionLogEntry = z.object({
  /** From 1, growing; gaps are allowed. */
  id: z.int().positive(),
  at: timestamp,
  /** Key of the operation table, or one that only a newer version knows. */
  operation: z.string().min(1).max(128),
  /** Id of the accepted entry whose end this one tells, or null. */
  about: z.int().positive().nullable().default(null),
  resources: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })).default([]),
  accountId: z.uuid().nullable().default(null),
  accountName: z.string().default(''),
  via: operationVia.default('console'),
  apiKeyId: z.uuid().nullable().default(null),
  address: z.string().default(''),
  client: z.string().default(''),
  requestId: z.string().default(''),
  taskId: z.uuid().nullable().default(null),
  result: operationResult,
  error: z.string().nullable().default(null),
  errorParams: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .nullable()
    .default(null),
  detail: z.record(z.string(), z.unknown()).default({}),
});
export type RegionLogEntry = z.infer<typeof regionLogEntry>;

export const regionLogPage = z.object({
  entries: z.array(regionLogEntry).max(REGION_LOG_LIMIT),
  /** Id of the region's last entry, 0 when there is none. */
  head: z.int().nonnegative(),
});
export type RegionLogPage = z.infer<typeof regionLogPage>;
