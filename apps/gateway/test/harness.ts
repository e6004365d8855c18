/** A gateway on loopback with its own empty database and fake regions, and a small client of it. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, logger, postgresForTest, type Logger, type TestPostgres } from '@basalt/service';
import type { BuiltInRole } from '@basalt/contract';
import { backgroundDefaults, type BackgroundSettings } from '../src/background/settings.ts';
import { gatewayStart, type Gateway } from '../src/gateway.ts';
import type { GatewayEnv } from '../src/env.ts';
import { accountCreate } from '../src/identity/account-create.ts';
import { securityDefaults, type SecuritySettings } from '../src/identity/security-settings.ts';
import { fakeRegionStart, type FakeRegion } from './fake-region.ts';

export const PASSWORD = 'Right-Horse-7';

export interface Door {
  readonly url: string;
  readonly directory: string;
  readonly region: FakeRegion;
  readonly other: FakeRegion;
  readonly env: GatewayEnv;
  readonly settings: SecuritySettings;
  gateway: Gateway;
  readonly restart: () => Promise<void>;
  readonly accountAdd: (
    email: string,
    role: BuiltInRole,
    options?: { regions?: string[]; mustChange?: boolean },
  ) => Promise<void>;
  /** Signs in and gives the cookie header. */
  readonly signIn: (email: string, password?: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

export interface DoorOptions {
  readonly settings?: Partial<SecuritySettings>;
  readonly env?: Partial<GatewayEnv>;
  readonly work?: Partial<BackgroundSettings>;
  /** For tests that look at what is logged. */
  readonly log?: Logger;
}

export const eased: SecuritySettings = {
  ...securityDefaults,
  rate: {
    signInPerMinute: 100_000,
    anonymousPerMinute: 100_000,
    sessionPerSecond: 100_000,
    apiKeyPerSecond: 100_000,
    mailPerHour: 100_000,
  },
  sessionCacheMs: 200,
  challenge: { ...securityDefaults.challenge, bits: 6 },
};

export async function doorOpen(postgres: TestPostgres, options: DoorOptions = {}): Promise<Door> {
  const directory = mkdtempSync(join(tmpdir(), 'basalt-gateway-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [region, other] = await Promise.all([
    fakeRegionStart(directory, 'region-1'),
    fakeRegionStart(directory, 'region-2'),
  ]);
  writeFileSync(join(directory, 'regions.json'), JSON.stringify([region.entry, other.entry]));
  const env: GatewayEnv = {
    databaseUrl: await postgres.database(),
    host: '127.0.0.1',
    port,
    publicOrigins: [url],
    consoleUpstream: null,
    regionsFile: join(directory, 'regions.json'),
    stateDirectory: directory,
    tls: null,
    trustedProxies: [],
    metricsPort: null,
    defaultLocale: 'zh-CN',
    logLevel: 'silent',
    ...options.env,
  };
  const settings = { ...eased, ...options.settings };
  const work = { ...backgroundDefaults, ...options.work };
  const log = options.log ?? logger('gateway', env.logLevel);
  const door: Door = {
    url,
    directory,
    region,
    other,
    env,
    settings,
    gateway: await gatewayStart(env, log, settings, work),
    async restart() {
      await door.gateway.close();
      door.gateway = await gatewayStart(env, log, settings, work);
    },
    async accountAdd(email, role, { regions = [], mustChange = false } = {}) {
      await accountCreate(door.gateway.parts.db, {
        email,
        name: email,
        role,
        regions,
        password: PASSWORD,
        mustChangePassword: mustChange,
      });
    },
    async signIn(email, password = PASSWORD) {
      const answer = await signInTry(door, email, password);
      if (answer.status !== 200) throw new Error(`sign-in failed: ${JSON.stringify(answer.body)}`);
      return answer.cookie;
    },
    async close() {
      await door.gateway.close();
      await Promise.all([region.close(), other.close()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await door.gateway.parts.health.check();
  return door;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  /** `name=value` of what was set. */
  readonly cookie: string;
}

/** The error's code, if it is one. */
export const code = (answer: Pick<Answer, 'body'>): unknown => answer.body['code'];

export interface Asked {
  readonly body?: unknown;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly origin?: string | null;
}

/** One request under /api/v1, as the console's own origin unless said otherwise. */
export const rest = (door: Pick<Door, 'url'>, method: string, path: string, asked: Asked = {}): Promise<Answer> =>
  send(door, method, `/api/v1${path}`, asked);

export async function send(
  door: Pick<Door, 'url'>,
  method: string,
  path: string,
  { body, cookie, headers, origin }: Asked = {},
): Promise<Answer> {
  const answer = await fetch(`${door.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie ? { cookie } : {}),
      ...(origin === null ? {} : { origin: origin ?? door.url }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json');
  return {
    status: answer.status,
    headers: answer.headers,
    body: isJson ? JSON.parse(text) : { text },
    cookie: answer.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; '),
  };
}

/** Does the work that a challenge asks for. */
export function challengeSolve({ token, bits }: { token: string; bits: number }): { token: string; answer: string } {
  const isDone = (hash: Buffer): boolean => hash.readUIntBE(0, 4) < 2 ** (32 - bits);
  for (let answer = 0; ; answer += 1)
    if (isDone(createHash('sha256').update(`${token}:${answer}`).digest())) return { token, answer: String(answer) };
}

/** One try to sign in, as the console does it: a challenge on the way is solved. */
export async function signInTry(
  door: Pick<Door, 'url'>,
  email: string,
  password: string,
  asked: Omit<Asked, 'body'> = {},
): Promise<Answer> {
  const answer = await rest(door, 'POST', '/session', { ...asked, body: { email, password } });
  if (code(answer) !== 'challengeRequired') return answer;
  const challenge = challengeSolve(answer.body['params'] as { token: string; bits: number });
  return rest(door, 'POST', '/session', { ...asked, body: { email, password, challenge } });
}

export const postgresOpen = (): Promise<TestPostgres> => postgresForTest();
