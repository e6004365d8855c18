/** Webhooks (API-03): whom events are posted to, how far each has come in each region, and what became of the last messages. */
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { LiveEvent, Text, WebhookOutcome } from '@basalt/contract';
import { at } from './columns.ts';

/** What became of one try; its words are stored in both languages. */
export interface StoredOutcome extends Omit<WebhookOutcome, 'text'> {
  readonly text: Text;
}

export const webhooks = pgTable('webhook', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
  url: text('url').notNull(),
  enabled: boolean('enabled').notNull(),
  /** Empty: all. */
  regions: text('regions').array().notNull(),
  kinds: text('kinds').array().$type<LiveEvent['kind'][]>().notNull(),
  ca: text('ca').notNull(),
  headerNames: text('header_names').array().notNull(),
  /** JSON of `[{name, value}]`, sealed with the platform key; empty where there are none. */
  headers: text('headers').notNull(),
  /** What messages are signed with, sealed with the platform key. */
  secret: text('secret').notNull(),
  /** The one before, sealed; messages carry its signature too until `oldUntil`. */
  oldSecret: text('old_secret'),
  oldUntil: at('old_until'),
  lastDeliveredAt: at('last_delivered_at'),
  createdById: uuid('created_by_id'),
  createdByName: text('created_by_name').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
  updatedBy: text('updated_by').notNull(),
  version: integer('version').notNull().default(1),
});

/**
 * How far a webhook has come in a region. `delivered` moves from the value that was read and only with the message that was
 * under way, so that of two gateways one moves it; `heldUntil` keeps the other from trying the same message meanwhile.
 */
export const webhookPlaces = pgTable(
  'webhook_place',
  {
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    region: text('region').notNull(),
    /** Null: it begins where the region's outbox ends, as soon as the region can be asked. */
    delivered: bigint('delivered', { mode: 'number' }),
    /** The next message tells that something before it is gone. */
    missed: boolean('missed').notNull().default(false),
    /** The message under way: each try of it is the same events under the same id. */
    messageId: text('message_id'),
    first: bigint('first', { mode: 'number' }),
    last: bigint('last', { mode: 'number' }),
    pinnedAt: at('pinned_at'),
    attempt: integer('attempt').notNull().default(0),
    heldUntil: at('held_until'),
    /** Tries without success since the last success. */
    failures: integer('failures').notNull().default(0),
    failingSince: at('failing_since'),
    nextTryAt: at('next_try_at'),
    lastFailure: jsonb('last_failure').$type<StoredOutcome>(),
    lastFailureAt: at('last_failure_at'),
  },
  (table) => [primaryKey({ columns: [table.webhookId, table.region] })],
);

/** What became of each try; the last 200 of a webhook are kept. */
export const webhookDeliveries = pgTable(
  'webhook_delivery',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    at: at('at').notNull(),
    message: text('message').notNull(),
    region: text('region'),
    first: bigint('first', { mode: 'number' }),
    last: bigint('last', { mode: 'number' }),
    events: integer('events').notNull(),
    attempt: integer('attempt').notNull(),
    ok: boolean('ok').notNull(),
    outcome: jsonb('outcome').$type<StoredOutcome>().notNull(),
  },
  (table) => [index('webhook_delivery_webhook').on(table.webhookId, table.id)],
);
