/** What was done, by whom; and who is told of it. */
import { sql } from 'drizzle-orm';
import { bigint, bigserial, boolean, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { OperationEntry } from '@basalt/contract';
import { at, bytea } from './columns.ts';

/**
 * One chain for the gateway's own entries and those of every region: `hash` is SHA-256 over the hash before and the
 * canonical JSON of the row. Rows are added under one advisory lock and never changed; a trigger refuses anything else.
 */
export const operationLog = pgTable(
  'operation_log',
  {
    /** Without gaps, from 1. */
    sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
    at: at('at').notNull(),
    recordedAt: at('recorded_at').notNull(),
    region: text('region'),
    /** Number of the entry in its region's own log. */
    regionSequence: bigint('region_sequence', { mode: 'number' }),
    /** Number in the region's log of the entry whose end this one tells: its task has ended. */
    about: bigint('about', { mode: 'number' }),
    /** Key of the contract's operation table. */
    operation: text('operation').notNull(),
    module: text('module').notNull(),
    resources: jsonb('resources').$type<OperationEntry['resources']>().notNull(),
    accountId: uuid('account_id'),
    accountName: text('account_name').notNull(),
    via: text('via', { enum: ['console', 'api', 'machine', 'platform'] }).notNull(),
    apiKeyId: uuid('api_key_id'),
    address: text('address').notNull(),
    client: text('client').notNull(),
    requestId: text('request_id').notNull(),
    taskId: uuid('task_id'),
    result: text('result', { enum: ['accepted', 'succeeded', 'failed'] }).notNull(),
    /** Code of the closed set of errors, and what its text needs. */
    error: text('error'),
    errorParams: jsonb('error_params').$type<Readonly<Record<string, string | number>>>(),
    /** Changed values, without secrets. */
    detail: jsonb('detail').$type<Readonly<Record<string, unknown>>>().notNull(),
    hash: bytea('hash').notNull(),
  },
  (table) => [
    unique('operation_log_region').on(table.region, table.regionSequence),
    // the list's order behind each of its filters; what tells the end of another entry stands in no list
    index('operation_log_at')
      .on(table.at, table.sequence)
      .where(sql`${table.about} is null`),
    index('operation_log_account')
      .on(table.accountId, table.at, table.sequence)
      .where(sql`${table.about} is null`),
    index('operation_log_of_region')
      .on(table.region, table.at, table.sequence)
      .where(sql`${table.about} is null`),
    index('operation_log_module')
      .on(table.module, table.at, table.sequence)
      .where(sql`${table.about} is null`),
    index('operation_log_result')
      .on(table.result, table.at, table.sequence)
      .where(sql`${table.about} is null and ${table.result} <> 'succeeded'`),
    index('operation_log_resources').using('gin', table.resources.op('jsonb_path_ops')),
  ],
);

/** How an accepted operation ended, by its place in the chain; made from the chain's own rows, for lists. */
export const operationEnds = pgTable('operation_end', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  result: text('result', { enum: ['succeeded', 'failed'] }).notNull(),
  error: text('error'),
  errorParams: jsonb('error_params').$type<Readonly<Record<string, string | number>>>(),
  at: at('at').notNull(),
});

/** Up to where each region's log has been taken over; moves in the transaction that takes its entries. */
export const logFeeds = pgTable('log_feed', {
  region: text('region').primaryKey(),
  taken: bigint('taken', { mode: 'number' }).notNull(),
  seenAt: at('seen_at').notNull(),
});

/** Up to where the chain has been handed on: `syslog`, `rules`, `heads`. */
export const logForwards = pgTable('log_forward', {
  name: text('name').primaryKey(),
  sequence: bigint('sequence', { mode: 'number' }).notNull(),
  error: text('error'),
  at: at('at').notNull(),
});

export const logRules = pgTable('log_rule', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
  enabled: boolean('enabled').notNull(),
  regions: text('regions').array().notNull(),
  modules: text('modules').array().notNull(),
  result: text('result', { enum: ['all', 'succeeded', 'failed'] }).notNull(),
  notificationGroupId: uuid('notification_group_id')
    .notNull()
    .references(() => notificationGroups.id),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const notificationGroups = pgTable('notification_group', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
  emails: text('emails').array().notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
});

/** Mails that wait to be sent; a mail server that is away delays them and loses none. */
export const mailOutbox = pgTable(
  'mail_outbox',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    to: text('to').notNull(),
    subject: text('subject').notNull(),
    /** Sealed with the platform key: it may hold a link that is as good as a password. */
    text: text('text').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    attempts: integer('attempts').notNull().default(0),
    nextAt: at('next_at').notNull().defaultNow(),
    /** Later than this it is of no use any more. */
    expiresAt: at('expires_at').notNull(),
    sentAt: at('sent_at'),
    failedAt: at('failed_at'),
    error: text('error'),
  },
  (table) => [index('mail_outbox_next').on(table.nextAt)],
);

/** Downloads that were asked for; each address works once. */
export const logExports = pgTable('log_export', {
  tokenHash: bytea('token_hash').primaryKey(),
  accountId: uuid('account_id').notNull(),
  sessionId: uuid('session_id'),
  order: jsonb('order').$type<Readonly<Record<string, unknown>>>().notNull(),
  expiresAt: at('expires_at').notNull(),
});
