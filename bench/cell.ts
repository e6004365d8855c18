/**
 * A whole cell for one benchmark: PostgreSQL, region (simulated drivers), gateway and, if asked for, simulated hosts, each
 * a process of its own as an installation runs them, on free loopback ports. Everything ends with the benchmark.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assertionKeyLoadOrCreate, freePort, postgresForTest } from '@basalt/service';

const run = promisify(execFile);
const checkout = fileURLToPath(new URL('..', import.meta.url));
export const REGION = 'bench';
const CALL_MS = 30_000;
const flags = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=512'];
/** As an installation starts it. */
export const gatewayFlags = [...flags, '--max-semi-space-size=16'];

export interface Cell extends AsyncDisposable {
  readonly origin: string;
  readonly directory: string;
  readonly regionDatabase: string;
  readonly gateway: ChildProcess;
  readonly region: ChildProcess;
  /** Headers of a signed-in administrator. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers of one more session of the same account. */
  readonly signIn: () => Promise<Record<string, string>>;
  /** Text of the answer of a query, through the door. @throws Error when it is refused. */
  readonly query: (name: string, input: object) => Promise<string>;
  readonly mutate: (name: string, input: object) => Promise<string>;
  /** Joins simulated hosts `sim-1…n`, run by `main`, and waits until the region has them all. */
  readonly hostsJoin: (count: number, main?: string, ...args: string[]) => Promise<ChildProcess>;
  /** Starts a process that ends with the cell. */
  readonly start: (argv: readonly string[], env?: Readonly<Record<string, string>>) => ChildProcess;
}

/** Looks until `look` finds something. @throws Error after `ms` milliseconds. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, ms = 60_000, every = 50): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} has not come about within ${ms / 1000} s`);
    await sleep(every);
  }
}

/** Resident memory of a process, bytes. */
export function residentBytes(pid: number | undefined): number {
  const line = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) * 1024;
}

export const answering = (url: string) => (): Promise<true | undefined> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => answer.ok || undefined,
    () => undefined,
  );

/** The data of an answer's text; its shape is the caller's knowledge of the contract. */
export const dataOf = <T>(text: string): T => (JSON.parse(text) as { result: { data: T } }).result.data;

export async function cellOpen(): Promise<Cell> {
  const postgres = await postgresForTest();
  const directory = mkdtempSync(join(tmpdir(), 'basalt-bench-'));
  const at = (...parts: string[]): string => join(directory, ...parts);
  const children: ChildProcess[] = [];
  const start: Cell['start'] = ([file = '', ...args], env = {}) => {
    const child = spawn(file, args, {
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', LOG_LEVEL: 'error', ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(child);
    return child;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  process.once('exit', () => {
    for (const child of children) child.kill('SIGKILL');
  });
  const source = (app: string, file: string): string => join(checkout, 'apps', app, 'src', file);

  const [gatewayPort, regionPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${gatewayPort}`;
  const regionDatabase = await postgres.database('region');
  mkdirSync(at('gateway'));
  mkdirSync(at('region'));
  await assertionKeyLoadOrCreate(at('gateway'));
  const regionEnv = {
    REGION_KEY: REGION,
    REGION_NAME: 'Bench',
    DATABASE_URL: regionDatabase,
    STATE_DIR: at('region'),
    LISTEN_PORT: String(regionPort),
    ASSERTION_PUBLIC_KEY: at('gateway', 'assertion.pub'),
    DRIVERS: 'sim',
    METRICS_PORT: String(metricsPort),
    STORAGE_POOLS: JSON.stringify([{ name: 'ssd', pool: 'ssd', media: 'ssd' }]),
    ...(process.env['BENCH_REGION_OPTIONS'] ? { NODE_OPTIONS: process.env['BENCH_REGION_OPTIONS'] } : {}),
  };
  const cli = (app: string, env: Readonly<Record<string, string>>, ...args: string[]) =>
    run(process.execPath, [...flags, source(app, 'cli.ts'), ...args], {
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
      timeout: 60_000,
    });
  await cli('region', regionEnv, 'gateway-certificate', '--out', at('link'));
  writeFileSync(
    at('regions.json'),
    JSON.stringify([
      {
        key: REGION,
        name: 'Bench',
        endpoint: `https://127.0.0.1:${regionPort}`,
        ca: at('link', 'ca.crt'),
        cert: at('link', 'gateway.crt'),
        key_file: at('link', 'gateway.key'),
      },
    ]),
  );
  const gatewayEnv = {
    DATABASE_URL: await postgres.database('gateway'),
    LISTEN_PORT: String(gatewayPort),
    PUBLIC_ORIGIN: origin,
    REGIONS_FILE: at('regions.json'),
    STATE_DIR: at('gateway'),
    // the door is measured, not its limit
    API_KEY_RATE: '1000000',
    ...(process.env['BENCH_GATEWAY_OPTIONS'] ? { NODE_OPTIONS: process.env['BENCH_GATEWAY_OPTIONS'] } : {}),
  };
  const region = start([process.execPath, ...flags, source('region', 'main.ts')], regionEnv);
  const gateway = start([process.execPath, ...gatewayFlags, source('gateway', 'main.ts')], gatewayEnv);
  await until('the region', answering(`http://127.0.0.1:${metricsPort}/metrics`));
  await until('the gateway', answering(`${origin}/api/health`));
  const account = ['--email', 'bench@basalt.local', '--role', 'systemAdmin', '--no-change'];
  await cli('gateway', gatewayEnv, 'account-create', ...account);
  const signIn = async (): Promise<Record<string, string>> => {
    const args = ['session-issue', '--email', 'bench@basalt.local', '--minutes', '30', '--reason', 'benchmark'];
    const { stdout } = await cli('gateway', gatewayEnv, ...args);
    return { cookie: `basalt_session=${stdout.trim().split('\n').at(-1) ?? ''}`, origin, 'accept-language': 'en-US' };
  };
  const headers = await signIn();

  const ask = async (url: string, init: RequestInit): Promise<string> => {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(CALL_MS) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
    return text;
  };
  const cell: Cell = {
    origin,
    directory,
    regionDatabase,
    gateway,
    region,
    headers,
    signIn,
    start,
    query: (name, input) => ask(`${origin}${queryPath(name, input)}`, { headers }),
    mutate: (name, input) =>
      ask(`${origin}/api/trpc/${name}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ region: REGION, ...input }),
      }),
    async hostsJoin(count, main = source('agent', 'sim/main.ts'), ...args) {
      const tokens = [];
      for (let n = 1; n <= count; n += 1) {
        const made = await cell.mutate('host.createEnrolToken', { hostName: `sim-${n}` });
        const { hostName, token, endpoint, caFingerprint } = dataOf<Record<string, string>>(made);
        tokens.push({ hostName, token, endpoint, caFingerprint });
      }
      writeFileSync(at('tokens.json'), JSON.stringify(tokens));
      const port = String(await freePort());
      const child = start([process.execPath, ...flags, main, '--tokens', at('tokens.json'), '--port', port, ...args]);
      const there = await until('the hosts', async () => {
        const text = await cell.query('host.list', { limit: 200 });
        const { items } = dataOf<{ items: { id: string; state: string; connected: boolean }[] }>(text);
        const ready = items.filter(({ state, connected }) => connected && state !== 'enrolling');
        return ready.length >= Math.min(count, 200) ? ready : undefined;
      });
      // a host that has joined is locked until somebody wants VMs on it
      for (const { id, state } of there) if (state === 'locked') await cell.mutate('host.unlock', { id });
      return child;
    },
    async [Symbol.asyncDispose]() {
      for (const child of children.toReversed()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
        await gone;
        clearTimeout(kill);
      }
      await postgres[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return cell;
}

/** Path of a query as the console asks it; only the gateway's own questions name no region. */
export const queryPath = (name: string, input: object): string =>
  `/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify(name.startsWith('session.') ? input : { region: REGION, ...input }))}`;

/**
 * The same question spelt differently for each `n` below 4096, as JSON allows where it has four signs or more: nothing that is
 * kept by what was asked can answer it, and the work is the same.
 */
export function queryPathSpelt(name: string, input: object, n: number): string {
  let left = n;
  const text = JSON.stringify({ region: REGION, ...input }).replaceAll(/[{:,]/gu, (mark) => {
    const spaces = left % 8;
    left = Math.floor(left / 8);
    return mark + ' '.repeat(spaces);
  });
  return `/api/trpc/${name}?input=${encodeURIComponent(text)}`;
}
