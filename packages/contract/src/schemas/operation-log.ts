/** The operation log (AUD-01…AUD-04): entries of the gateway and of every region in one chain. */
import { z } from 'zod';
import { accountId, apiKeyId, logRuleId, notificationGroupId, regionKey, taskId } from '../ids.ts';
import { operationTable } from '../gen/operations.ts';
import { email } from './account.ts';
import { name, timestamp } from './common.ts';

export type OperationKey = keyof typeof operationTable;
export const operationKey = z.enum(Object.keys(operationTable) as [OperationKey, ...OperationKey[]]);

/** `accepted`: a task does the rest and its end is not known yet. */
export const operationResult = z.enum(['accepted', 'succeeded', 'failed']);
/** By which door: the console, a signed API request, the command line of the machine, or the platform itself. */
export const operationVia = z.enum(['console', 'api', 'machine', 'platform']);

export const operationEntry = z.object({
  /** Place in the chain. */
  sequence: z.int(),
  /** When it happened, and when the gateway's chain took it (later for entries of regions). */
  at: timestamp,
  recordedAt: timestamp,
  region: regionKey.nullable(),
  operation: z.string(),
  operationName: z.string(),
  module: z.string(),
  moduleName: z.string(),
  resources: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
  account: z.object({ id: accountId.nullable(), name: z.string() }),
  via: operationVia,
  apiKeyId: apiKeyId.nullable(),
  address: z.string(),
  client: z.string(),
  requestId: z.string(),
  taskId: taskId.nullable(),
  result: operationResult,
  /** Code and text of the error, in the caller's language. */
  error: z.object({ code: z.string(), text: z.string() }).nullable(),
  /** Changed values, without secrets. */
  detail: z.record(z.string(), z.unknown()),
});
export type OperationEntry = z.infer<typeof operationEntry>;

export const operationLogFilter = z.object({
  region: z.array(regionKey).max(100).optional(),
  module: z.array(z.string().max(32)).max(100).optional(),
  operation: z.array(z.string().max(64)).max(100).optional(),
  result: z.array(operationResult).max(3).optional(),
  accountId: accountId.optional(),
  resourceId: z.string().max(64).optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
});
export type OperationLogFilter = z.infer<typeof operationLogFilter>;

export const logVerdict = z.object({
  ok: z.boolean(),
  /** Entries looked at, and the last one's place. */
  entries: z.int(),
  head: z.object({ sequence: z.int(), hash: z.string() }).nullable(),
  /** Signed heads outside the database that were compared. */
  heads: z.int(),
  /** The first entry that does not fit, or null. */
  firstBad: z.object({ sequence: z.int(), why: z.string() }).nullable(),
  checkedAt: timestamp,
});
export type LogVerdict = z.infer<typeof logVerdict>;

/** Who is told what happened (AUD-03): entries of these regions and modules with this result go to one group. */
export const logRuleInput = z.object({
  name,
  enabled: z.boolean().default(true),
  /** Empty: all, and what belongs to no region. */
  regions: z.array(regionKey).max(100).default([]),
  /** Empty: all. */
  modules: z.array(z.string().max(32)).max(100).default([]),
  result: z.enum(['all', 'succeeded', 'failed']),
  notificationGroupId,
});
export const logRule = logRuleInput.extend({
  id: logRuleId,
  notificationGroup: z.string(),
  createdAt: timestamp,
});
export type LogRule = z.infer<typeof logRule>;

export const notificationGroupInput = z.object({ name, emails: z.array(email).min(1).max(50) });
export const notificationGroup = notificationGroupInput.extend({
  id: notificationGroupId,
  /** Rules that use it. */
  rules: z.int(),
  createdAt: timestamp,
});
export type NotificationGroup = z.infer<typeof notificationGroup>;

/** Forwarding by syslog: RFC 5424 messages over TLS (RFC 5425) or TCP. */
export const syslogServer = z.object({
  enabled: z.boolean(),
  host: z
    .string()
    .trim()
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]*$/u, 'mailHost'),
  port: z.int().min(1).max(65_535),
  transport: z.enum(['tls', 'tcp']),
  /** 0–23; 13 is log audit. */
  facility: z.int().min(0).max(23),
  ca: z.string().max(65_536).default(''),
});
export const syslogSettings = syslogServer.extend({
  version: z.int(),
  /** Last entry that the server took, and how many wait. */
  forwarded: z.int(),
  waiting: z.int(),
  lastError: z.string().nullable(),
});
export type SyslogSettings = z.infer<typeof syslogSettings>;
