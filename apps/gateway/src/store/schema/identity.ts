/** Who there is and what they may do. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { Permission, ResourceScope, SourceLimits } from '@basalt/contract';
import { at, bytea } from './columns.ts';

export const accounts = pgTable('account', {
  id: uuid('id').primaryKey(),
  /** Lower case; the name by which the account signs in. */
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  note: text('note').notNull().default(''),
  level: text('level', { enum: ['system', 'region'] }).notNull(),
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
  lastFailureAt: at('last_failure_at'),
  lastFailureAddress: text('last_failure_address'),
  /** Wrong tries in a row, up to the last one; the next sign-in that succeeds tells of them. */
  failures: integer('failures').notNull().default(0),
  /** Sealed with the platform key. Null: no two-factor sign-in. */
  totpSecret: text('totp_secret'),
  totpSince: at('totp_since'),
  /** The newest time step of which a code was taken; none up to it is taken again. */
  totpLastStep: bigint('totp_last_step', { mode: 'number' }),
  /** Sealed; offered to the user, not confirmed by a code yet. */
  totpPending: text('totp_pending'),
  totpPendingUntil: at('totp_pending_until'),
  /** Addresses and networks in canonical form; empty: everywhere (IAM-12). */
  sources: text('sources').array().notNull().default([]),
  hours: jsonb('hours').$type<SourceLimits['hours']>().notNull().default([]),
  timeZone: text('time_zone').notNull().default('Asia/Shanghai'),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const sessions = pgTable(
  'session',
  {
    id: uuid('id').primaryKey(),
    /** SHA-256 of the token; the token itself is known to the browser only. */
    tokenHash: bytea('token_hash').notNull().unique(),
    /** No reference: a session outlives its account for a while, to tell the browser why it has ended. */
    accountId: uuid('account_id').notNull(),
    /** `machine`: issued by the command line on the gateway's own machine, for set-up. */
    origin: text('origin', { enum: ['signIn', 'machine'] }).notNull(),
    address: text('address').notNull(),
    client: text('client').notNull(),
    /** Whether the password met the policy when it was typed: only then is it known. */
    passwordComplies: boolean('password_complies').notNull().default(true),
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

/** Custom roles; the built-in ones are the contract's. */
export const roles = pgTable('role', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
  note: text('note').notNull().default(''),
  level: text('level', { enum: ['system', 'region'] }).notNull(),
  dataScope: text('data_scope', { enum: ['all', 'own'] }).notNull(),
  permissions: text('permissions').array().$type<Permission[]>().notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const accountGroups = pgTable('account_group', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
  note: text('note').notNull().default(''),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const accountGroupMembers = pgTable(
  'account_group_member',
  {
    groupId: uuid('group_id')
      .notNull()
      .references(() => accountGroups.id, { onDelete: 'cascade' }),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.accountId] }),
    index('account_group_member_account').on(table.accountId),
  ],
);

/** A role given to an account or to a group, one of both; narrowed to chosen resources by `scope`. */
export const roleBindings = pgTable(
  'role_binding',
  {
    id: uuid('id').primaryKey(),
    accountId: uuid('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    groupId: uuid('group_id').references(() => accountGroups.id, { onDelete: 'cascade' }),
    /** Key of a built-in role or id of a custom one. */
    role: text('role').notNull(),
    scope: jsonb('scope').$type<ResourceScope>(),
  },
  (table) => [
    index('role_binding_account').on(table.accountId),
    index('role_binding_group').on(table.groupId),
    index('role_binding_role').on(table.role),
  ],
);

/** Key pairs by which programs sign their requests (IAM-15). */
export const apiKeys = pgTable(
  'api_key',
  {
    id: uuid('id').primaryKey(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    publicKey: text('public_key').notNull().unique(),
    /** Sealed with the platform key: HMAC needs it as it is. */
    secret: text('secret').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    /** Null: all that the account may. */
    permissions: text('permissions').array().$type<Permission[]>(),
    createdAt: at('created_at').notNull().defaultNow(),
    lastUsedAt: at('last_used_at'),
    lastUsedAddress: text('last_used_address'),
  },
  (table) => [unique('api_key_name').on(table.accountId, table.name)],
);

/** Nonces of signed requests, kept for as long as the time window lets one be replayed. */
export const apiNonces = pgTable(
  'api_nonce',
  {
    keyId: uuid('key_id').notNull(),
    nonce: text('nonce').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.keyId, table.nonce] }), index('api_nonce_expires').on(table.expiresAt)],
);

/** Links that went out by mail; single use. */
export const accountLinks = pgTable(
  'account_link',
  {
    tokenHash: bytea('token_hash').primaryKey(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['passwordReset', 'emailChange'] }).notNull(),
    /** The new address of an `emailChange`. */
    email: text('email'),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
  },
  (table) => [index('account_link_account').on(table.accountId)],
);

/** One-time codes for whoever has lost the device that makes them. */
export const recoveryCodes = pgTable(
  'recovery_code',
  {
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    codeHash: bytea('code_hash').notNull(),
    usedAt: at('used_at'),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.codeHash] })],
);

/** A password was right and the second factor is awaited. */
export const signInTickets = pgTable('sign_in_ticket', {
  ticketHash: bytea('ticket_hash').primaryKey(),
  accountId: uuid('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  address: text('address').notNull(),
  tries: integer('tries').notNull().default(0),
  /** Told by the password, which is not kept until the second step; and the language asked for. */
  passwordComplies: boolean('password_complies').notNull().default(true),
  locale: text('locale', { enum: ['zh-CN', 'en-US'] }),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at').notNull(),
});

/** Challenges that have been answered: each counts once. */
export const challengesUsed = pgTable('challenge_used', {
  id: text('id').primaryKey(),
  expiresAt: at('expires_at').notNull(),
});
