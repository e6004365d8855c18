/** Tables of the gateway: only what regions share. Migrations in drizzle/gateway are generated from this file. */
import { sql } from 'drizzle-orm';
import {
  bigserial,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const accounts = pgTable('account', {
  id: uuid('id').primaryKey(),
  /** Lower case; the name by which the account signs in. */
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  level: text('level', { enum: ['system', 'region'] }).notNull(),
  roles: text('roles').array().notNull(),
  /** Granted regions; of meaning for level `region` only. */
  regions: text('regions').array().notNull(),
  builtIn: boolean('built_in').notNull().default(false),
  frozen: boolean('frozen').notNull().default(false),
  passwordHash: text('password_hash').notNull(),
  passwordChangedAt: at('password_changed_at').notNull(),
  mustChangePassword: boolean('must_change_password').notNull(),
  locale: text('locale', { enum: ['zh-CN', 'en-US'] }),
  theme: text('theme', { enum: ['light', 'dark', 'system'] })
    .notNull()
    .default('system'),
  lastSignInAt: at('last_sign_in_at'),
  lastSignInAddress: text('last_sign_in_address'),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const sessions = pgTable(
  'session',
  {
    id: uuid('id').primaryKey(),
    /** SHA-256 of the token; the token itself is known to the browser only. */
    tokenHash: bytea('token_hash').notNull().unique(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** `machine`: issued by the command line on the gateway's own machine, for set-up. */
    origin: text('origin', { enum: ['signIn', 'machine'] }).notNull(),
    address: text('address').notNull(),
    client: text('client').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    lastSeenAt: at('last_seen_at').notNull(),
    /** Ends here whatever happens; idle time may end it sooner. */
    absoluteEnd: at('absolute_end').notNull(),
    endedAt: at('ended_at'),
    endReason: text('end_reason'),
    previousSignInAt: at('previous_sign_in_at'),
    previousSignInAddress: text('previous_sign_in_address'),
  },
  (table) => [
    index('session_open')
      .on(table.accountId)
      .where(sql`${table.endedAt} is null`),
  ],
);

/** Wrong tries by address of sign-in, whether an account has it or not: both must look alike. */
export const signInGuards = pgTable('sign_in_guard', {
  email: text('email').primaryKey(),
  failures: integer('failures').notNull(),
  lastFailureAt: at('last_failure_at').notNull(),
  lockedUntil: at('locked_until'),
});

export const consoleTickets = pgTable('console_ticket', {
  ticketHash: bytea('ticket_hash').primaryKey(),
  sessionId: uuid('session_id')
    .notNull()
    .references(() => sessions.id, { onDelete: 'cascade' }),
  accountId: uuid('account_id').notNull(),
  region: text('region').notNull(),
  vmId: uuid('vm_id').notNull(),
  expiresAt: at('expires_at').notNull(),
  usedAt: at('used_at'),
});

/** The gateway's own changes; regions log theirs. Rows are added, never changed. */
export const operationLog = pgTable(
  'operation_log',
  {
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    at: at('at').notNull().defaultNow(),
    /** Key of the contract's operation table. */
    operation: text('operation').notNull(),
    accountId: uuid('account_id'),
    accountName: text('account_name').notNull(),
    address: text('address').notNull(),
    client: text('client').notNull(),
    requestId: text('request_id').notNull(),
    result: text('result', { enum: ['succeeded', 'failed'] }).notNull(),
    /** Code of the closed set of errors. */
    error: text('error'),
    /** Changed values, without secrets. */
    detail: jsonb('detail').$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (table) => [index('operation_log_at').on(table.at)],
);
