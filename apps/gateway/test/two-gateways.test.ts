/** Two gateway processes' worth of doors over one database; each remembers sessions for ten minutes unless it is told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, logger, type TestPostgres } from '@basalt/service';
import { gatewayStart, type Gateway } from '../src/gateway.ts';
import { code, doorOpen, PASSWORD, postgresOpen, rest, type Door } from './harness.ts';
import { policyChange } from './sign-in-kit.ts';

let postgres: TestPostgres;
let door: Door;
let second: Gateway;
let far: { url: string };
let admin: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres, { settings: { sessionCacheMs: 600_000 } });
  const port = await freePort();
  far = { url: `http://127.0.0.1:${port}` };
  const env = { ...door.env, port, publicOrigins: [far.url] };
  second = await gatewayStart(env, logger('gateway', 'silent'), door.settings);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  admin = await door.signIn('admin@basalt.local');
}, 60_000);
afterAll(async () => {
  await second.close();
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const soon = { timeout: 2_000, interval: 10 };
/** A session that both have in memory. */
async function known(email: string): Promise<{ cookie: string; there: () => Promise<unknown> }> {
  await door.accountAdd(email, 'systemAdmin');
  const cookie = await door.signIn(email);
  const there = async () => {
    const answer = await rest(far, 'GET', '/session', { cookie });
    return answer.status === 200 ? 'ok' : code(answer);
  };
  expect(await there()).toBe('ok');
  return { cookie, there };
}

describe('the other gateway', () => {
  it('[IAM-01] knows at once of a sign-out', async () => {
    const { cookie, there } = await known('out@basalt.local');
    await rest(door, 'DELETE', '/session', { cookie });
    await expect.poll(there, soon).toBe('notSignedIn');
  });

  it('[IAM-14] knows at once of a changed password', async () => {
    const { there } = await known('changed@basalt.local');
    const other = await door.signIn('changed@basalt.local');
    const body = { current: PASSWORD, password: 'Brand-New-1' };
    expect((await rest(door, 'POST', '/session/password', { cookie: other, body })).status).toBe(200);
    await expect.poll(there, soon).toBe('sessionEnded');
  });

  it('[IAM-10] knows at once of a session that another replaced', async () => {
    const { there } = await known('replaced@basalt.local');
    await policyChange(door, admin, { session: { single: true } });
    await door.signIn('replaced@basalt.local');
    await expect.poll(there, soon).toBe('sessionEnded');
    await policyChange(door, admin, { session: { single: false } });
  });

  it('[IAM-06] knows at once of a frozen account', async () => {
    const { there, cookie } = await known('frozen@basalt.local');
    const { body } = await rest(door, 'GET', '/session', { cookie });
    const { id } = body['account'] as { id: string };
    expect((await rest(door, 'POST', `/accounts/${id}/actions/freeze`, { cookie: admin, body: {} })).status).toBe(200);
    await expect.poll(there, soon).toBe('sessionEnded');
  });

  it('[SET-05] knows of what happened while its line to the database was broken', async () => {
    const { there } = await known('broken@basalt.local');
    const { db } = door.gateway.parts;
    const lines = `from pg_stat_activity where application_name = 'basalt-gateway-notices' and datname = current_database()`;
    await db.execute(`select pg_terminate_backend(pid) ${lines}`);
    await db.execute(
      `update session set ended_at = now(), end_reason = 'endedByAdministrator' where account_id = (select id from account where email = 'broken@basalt.local')`,
    );
    await expect.poll(there, { timeout: 10_000 }).toBe('sessionEnded');
    await expect
      .poll(async () => (await db.execute(`select count(*)::int as n ${lines}`)).rows[0]?.['n'], { timeout: 10_000 })
      .toBe(2);
  });
});
