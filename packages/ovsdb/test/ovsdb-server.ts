/** A real ovsdb-server in a temporary directory, for tests and benchmarks. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Polls until the condition gives something other than undefined or false; throws after the deadline. */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  what: string,
  deadlineMs = 10_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > end) throw new Error(`did not happen in ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function stopChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

export interface TestServer {
  readonly dir: string;
  readonly socket: string;
  /** Runs the same database again after `kill`. */
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stops and removes everything. */
  stop(): Promise<void>;
}

export interface TestServerOptions {
  readonly schema?: string;
  readonly args?: readonly string[];
}

/** Starts a server with the schema of OVN's northbound database, or another one's. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dir = await mkdtemp(join(tmpdir(), 'ovsdb-test-'));
  const socket = join(dir, 'db.sock');
  const database = join(dir, 'db.db');
  await run('ovsdb-tool', ['create', database, options.schema ?? '/usr/share/ovn/ovn-nb.ovsschema']);
  let child: ChildProcess | undefined;
  const server: TestServer = {
    dir,
    socket,
    start: async () => {
      await rm(socket, { force: true });
      const args = [database, `--remote=punix:${socket}`, `--unixctl=${join(dir, 'ctl')}`, ...(options.args ?? [])];
      child = spawn('ovsdb-server', args, { stdio: 'ignore', cwd: dir });
      await eventually(() => existsSync(socket), 'ovsdb-server listens');
    },
    kill: async (signal = 'SIGKILL') => {
      if (child !== undefined) await stopChild(child, signal);
    },
    stop: async () => {
      if (child !== undefined) await stopChild(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
