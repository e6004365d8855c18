/** Doors to the screens of VMs. */
import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, bytea } from './columns.ts';
import { sessions } from './identity.ts';

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
