/** What happened: to resources, by whom, and the outbox from which the live stream is read. */
import { sql } from 'drizzle-orm';
import { bigserial, index, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { AccountId, ApiKeyId, LiveEvent, ResourceEvent, TaskId, VmId, ActorAssertion } from '@basalt/contract';
import { bytes, id, instant } from './columns.ts';

/**
 * Rows are inserted by `transact` only, as the last statement before the commit and under one advisory lock, so that
 * sequence numbers become visible in their order: a reader that has seen N never finds a smaller one later.
 */
export const outbox = pgTable(
  'outbox',
  {
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    at: instant('at').notNull().defaultNow(),
    kind: text('kind').$type<LiveEvent['kind']>().notNull(),
    change: text('change').$type<LiveEvent['change']>().notNull(),
    resourceId: text('resource_id').notNull(),
    /** Only for `event`, whose row does not change; other resources are read when they are sent. */
    data: jsonb('data'),
  },
  (t) => [index('outbox_at').on(t.at)],
);

export const resourceEvents = pgTable(
  'resource_events',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: instant('at').notNull().defaultNow(),
    kind: text('kind').notNull(),
    resourceId: text('resource_id').notNull(),
    resourceName: text('resource_name').notNull(),
    type: text('type').notNull(),
    level: text('level').$type<ResourceEvent['level']>().notNull(),
    params: jsonb('params').$type<ResourceEvent['params']>().notNull().default({}),
    taskId: id<TaskId>('task_id'),
  },
  (t) => [index('resource_events_resource').on(t.resourceId, t.id)],
);

/**
 * Every mutation that was asked for, and what became of it; the gateway takes it over into its chain by `id`. Rows are only
 * ever inserted, by `transact` under its lock, so that ids become visible in their order.
 */
export const operationLog = pgTable(
  'operation_log',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: instant('at').notNull().defaultNow(),
    operation: text('operation').notNull(),
    accountId: id<AccountId>('account_id').notNull(),
    accountName: text('account_name').notNull(),
    via: text('via').$type<ActorAssertion['via']>().notNull().default('console'),
    apiKeyId: id<ApiKeyId>('api_key_id'),
    address: text('address').notNull(),
    client: text('client').notNull(),
    requestId: text('request_id').notNull(),
    resourceKind: text('resource_kind').notNull(),
    resourceId: text('resource_id').notNull(),
    resourceName: text('resource_name').notNull(),
    taskId: id<TaskId>('task_id'),
    /** `accepted`: the task does the rest, and a later row, `about` this one, tells its end. */
    result: text('result').$type<'accepted' | 'succeeded' | 'failed'>().notNull().default('succeeded'),
    about: bytes('about'),
    error: text('error'),
    errorParams: jsonb('error_params').$type<Record<string, string | number>>(),
    /** What changed, in words of the API; no secrets. */
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
  },
  (t) => [
    index('operation_log_at').on(t.at),
    index('operation_log_resource').on(t.resourceId, t.id),
    index('operation_log_task')
      .on(t.taskId)
      .where(sql`task_id is not null`),
    unique('operation_log_about').on(t.about),
  ],
);

/** Answers given to idempotency tokens, kept 24 hours (TASK-02). */
export const idempotency = pgTable(
  'idempotency',
  {
    accountId: id<AccountId>('account_id').notNull(),
    token: id<string>('token').notNull(),
    procedure: text('procedure').notNull(),
    inputHash: text('input_hash').notNull(),
    /** Null only inside the transaction that is making it. */
    answer: jsonb('answer'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.token] }), index('idempotency_created').on(t.createdAt)],
);

/** Single-use tickets for console sockets; only the SHA-256 is kept. */
export const consoleTickets = pgTable('console_tickets', {
  hash: text('hash').primaryKey(),
  vmId: id<VmId>('vm_id').notNull(),
  accountId: id<AccountId>('account_id').notNull(),
  /** The actor as the gateway vouched for it when the ticket was made. */
  actor: jsonb('actor').$type<ActorAssertion>().notNull(),
  protocol: text('protocol').$type<'vnc' | 'serial'>().notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
});

/** Differences that a reconciler found and did not repair by itself; they want somebody (attention items). */
export const findings = pgTable(
  'findings',
  {
    key: text('key').notNull(),
    resourceKind: text('resource_kind').notNull(),
    resourceId: text('resource_id').notNull(),
    resourceName: text('resource_name').notNull(),
    level: text('level').$type<'warning' | 'error'>().notNull(),
    params: jsonb('params').$type<Record<string, string | number>>().notNull().default({}),
    since: instant('since').notNull().defaultNow(),
    seenAt: instant('seen_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.key, t.resourceId] })],
);

/** Health of the engines the region stands on, as its reconcilers last saw it. */
export const serviceHealths = pgTable('service_healths', {
  key: text('key').$type<'ceph' | 'ovn' | 'database' | 'agents' | 'metrics' | 'region'>().primaryKey(),
  health: text('health').$type<'healthy' | 'warning' | 'error' | 'unknown'>().notNull(),
  params: jsonb('params').$type<Record<string, string | number>>().notNull().default({}),
  seenAt: instant('seen_at').notNull().defaultNow(),
});

/** Small facts of the region itself that are made once, such as the UUID of libvirt's Ceph secret. */
export const regionSettings = pgTable('region_settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
  version: bytes('version').notNull().default(1),
});
