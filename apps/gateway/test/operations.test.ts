import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type TestPostgres } from '@basalt/service';
import { doorOpen, PASSWORD, postgresOpen, rest, send, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
let metricsPort: number;
beforeAll(async () => {
  postgres = await postgresOpen();
  metricsPort = await freePort();
  door = await doorOpen(postgres, { env: { metricsPort } });
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

describe('the operation log', () => {
  it('[AUD-01] tells of sign-in, wrong tries, sign-out and changes of one’s own, by whom and from where', async () => {
    await rest(door, 'POST', '/session', { body: { email: 'admin@basalt.local', password: 'Wrong-One-1' } });
    const cookie = await door.signIn('admin@basalt.local');
    await rest(door, 'PATCH', '/session/preferences', { cookie, body: { theme: 'dark' } });
    await rest(door, 'POST', '/session/password', { cookie, body: { current: PASSWORD, password: 'Brand-New-1' } });
    await rest(door, 'DELETE', '/session', { cookie });
    const { rows } = await door.gateway.parts.db.execute(
      'select operation, result, error, address, account_name, detail from operation_log order by sequence',
    );
    const common = { address: '127.0.0.1', account_name: 'admin@basalt.local' };
    expect(rows).toMatchObject([
      { ...common, operation: 'session.signInFailed', result: 'failed', error: 'wrongCredentials' },
      { ...common, operation: 'session.signIn', result: 'succeeded' },
      { ...common, operation: 'myAccount.update', result: 'succeeded', detail: { theme: 'dark' } },
      { ...common, operation: 'myAccount.changePassword', result: 'succeeded', detail: {} },
      { ...common, operation: 'session.signOut', result: 'succeeded' },
    ]);
  });
});

describe('passwords of VMs', () => {
  it('[IAM-07] meet the platform’s policy, which no region knows', async () => {
    const cookie = await door.signIn('admin@basalt.local', 'Brand-New-1');
    const create = (password: string) =>
      rest(door, 'POST', '/regions/region-1/vms', { cookie, body: { name: 'guest', password } });
    expect(await create('onlyletters')).toMatchObject({
      status: 400,
      body: { code: 'passwordPolicy', field: 'password' },
    });
    expect((await create('Letters-and-1')).body['code']).not.toBe('passwordPolicy');
    const { rows } = await door.gateway.parts.db.execute(
      `select region, error, detail from operation_log where operation = 'vm.create'`,
    );
    expect(rows[0]).toMatchObject({ region: 'region-1', error: 'passwordPolicy' });
    expect(JSON.stringify(rows)).not.toContain('onlyletters');
  });
});

describe('running', () => {
  it('[MON-03] counts its answers for Prometheus, on loopback only', async () => {
    await send(door, 'GET', '/api/health');
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(text).toMatch(/basalt_gateway_requests_total\{door="api",status="200",service="gateway"\} \d+/u);
    expect(text).toContain('basalt_gateway_consoles');
    expect((await send(door, 'GET', '/api/metrics')).status).toBe(404);
  });

  it('[MON-02] answers HEAD, and says when the database is away', async () => {
    expect((await fetch(`${door.url}/api/health`, { method: 'HEAD' })).status).toBe(200);
    const own = await doorOpen(postgres);
    const database = new URL(own.env.databaseUrl).pathname.slice(1);
    const { db } = door.gateway.parts;
    try {
      await db.execute(`alter database ${database} allow_connections false`);
      await db.execute(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`);
      await expect.poll(async () => (await send(own, 'GET', '/api/health')).status, { timeout: 5_000 }).toBe(503);
      const refused = await rest(own, 'POST', '/session', { body: { email: 'a@basalt.local', password: 'x' } });
      expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true } });
      await db.execute(`alter database ${database} allow_connections true`);
      await expect.poll(async () => (await send(own, 'GET', '/api/health')).status, { timeout: 5_000 }).toBe(200);
    } finally {
      await own.close();
    }
  });

  it('[API-01] two doors on one database start at once and know each other’s sessions', async () => {
    const url = await postgres.database();
    const [one, two] = await Promise.all([
      doorOpen(postgres, { env: { databaseUrl: url } }),
      doorOpen(postgres, { env: { databaseUrl: url } }),
    ]);
    try {
      await one.accountAdd('shared@basalt.local', 'systemReadonly');
      const cookie = await one.signIn('shared@basalt.local');
      expect((await rest(two, 'GET', '/session', { cookie })).status).toBe(200);
      await rest(one, 'DELETE', '/session', { cookie });
      await expect
        .poll(async () => (await rest(two, 'GET', '/session', { cookie })).status, { timeout: 5_000 })
        .toBe(401);
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });
});
