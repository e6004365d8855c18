/** Settings that are changed while the platform runs, and answers kept for repeated requests. */
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

export const settings = pgTable('setting', {
  /** `loginPolicy`, `dutySeparation`, `mail`, `syslog`, `webhookDestinations`. */
  key: text('key').primaryKey(),
  /** Secrets in it are sealed with the platform key. */
  value: jsonb('value').$type<Readonly<Record<string, unknown>>>().notNull(),
  version: integer('version').notNull(),
  updatedAt: at('updated_at').notNull(),
  updatedBy: text('updated_by').notNull(),
});

/** Answers given to idempotency tokens, kept 24 hours (TASK-02). */
export const idempotency = pgTable(
  'idempotency',
  {
    accountId: uuid('account_id').notNull(),
    token: uuid('token').notNull(),
    procedure: text('procedure').notNull(),
    inputHash: text('input_hash').notNull(),
    /** Sealed with the platform key, as it may hold what is shown once; null only inside the transaction that makes it. */
    answer: text('answer'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.token] }),
    index('idempotency_created').on(table.createdAt),
  ],
);
