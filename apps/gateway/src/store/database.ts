/** The gateway's PostgreSQL: a pool, and migrations that one process applies while the others wait. */
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from '@basalt/service';
import * as schema from './schema.ts';

/** With its pool, for what needs a connection of its own for a while. */
export type Database = NodePgDatabase<typeof schema> & { readonly $client: pg.Pool };
/** What `db.transaction` hands to its body. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
/** What a store function needs: the database or a transaction of it. */
export type Executor = Pick<Database, 'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute'>;

export interface OpenDatabase {
  readonly db: Database;
  readonly pool: pg.Pool;
  readonly close: () => Promise<void>;
}

const MIGRATION_LOCK = 7_254_018_331;
const migrationsFolder = join(import.meta.dirname, '../../../../drizzle/gateway');

/**
 * Opens the pool and brings the schema up to date.
 * @throws Error when the database does not answer or a migration fails.
 */
export async function databaseOpen(url: string, log: Logger, connections = 10): Promise<OpenDatabase> {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    application_name: 'basalt-gateway',
  });
  pool.on('error', (error) => log.warn({ error }, 'an idle database connection failed'));
  await migrationsApply(url);
  return { pool, db: drizzle(pool, { schema }), close: () => pool.end() };
}

/** An advisory lock of a connection of its own keeps two processes from migrating at once. */
async function migrationsApply(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder });
  } finally {
    await client.end();
  }
}

const awayCodes = /^(08|53|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/u;
const awayTexts = /connection terminated|timeout exceeded when trying to connect|not currently accepting connections/iu;

/** Whether a failure means that the database is away for now, which is no fault of the call. */
export function databaseIsAway(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && awayCodes.test(at.code)) return true;
    if (awayTexts.test(at.message)) return true;
  }
  return false;
}
