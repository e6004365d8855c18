/**
 * The region's PostgreSQL: pool, typed access and migrations. Every statement has a deadline on the server's side, so that
 * a lost lock or a bad plan ends in an error and not in a request that hangs.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import * as schema from './schema/index.ts';

export type Schema = typeof schema;
export type Database = NodePgDatabase<Schema> & { $client: pg.Pool };
/** Inside a transaction. */
export type Tx = Parameters<Parameters<NodePgDatabase<Schema>['transaction']>[0]>[0];
/** Where reading is enough: either. */
export type Reader = NodePgDatabase<Schema> | Tx;

const migrations = join(dirname(fileURLToPath(import.meta.url)), '../../../../drizzle/region');
/** Any number, the same in every region process. */
const MIGRATION_LOCK = 7_340_001;

export interface DatabaseOptions {
  readonly url: string;
  readonly connections?: number;
  /** Told when an idle connection breaks; the pool replaces it. */
  readonly onError?: (error: Error) => void;
}

export function databaseOpen({ url, connections = 24, onError }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'basalt-region',
  });
  pool.on('error', (error) => onError?.(error));
  return drizzle(pool, { schema });
}

/** Brings the schema up to date; several processes may call it at once. */
export async function databaseMigrate(url: string, folder = migrations): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'basalt-region-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query('create extension if not exists pg_trgm');
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end();
  }
}

interface PostgresFailure {
  readonly code: string;
  readonly constraint?: string;
}

/** PostgreSQL's own error below what drizzle and others wrapped around it. */
export function postgresFailure(error: unknown): PostgresFailure | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && /^[0-9A-Z]{5}$/u.test(at.code)) {
      return 'constraint' in at && typeof at.constraint === 'string'
        ? { code: at.code, constraint: at.constraint }
        : { code: at.code };
    }
  }
  return null;
}

/** True when `error` is the violation of the unique constraint or index of that name. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const failure = postgresFailure(error);
  return failure?.code === '23505' && failure.constraint === constraint;
}
