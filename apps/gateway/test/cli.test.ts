import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { doorOpen, PASSWORD, postgresOpen, rest, signInTry, type Door } from './harness.ts';

const run = promisify(execFile);
let postgres: TestPostgres;
let door: Door;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const gateway = async (...args: string[]): Promise<string> => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, '../src/cli.ts'), ...args], {
    env: { ...process.env, DATABASE_URL: door.env.databaseUrl },
    timeout: 30_000,
  });
  return stdout.trim();
};
const passwordIn = (printed: string): string => /^password: (.+)$/mu.exec(printed)?.[1] ?? '';

describe('the command line', () => {
  it('[IAM-01] makes the first administrator once, with a password that must be changed', async () => {
    const first = await gateway('account-bootstrap');
    const password = passwordIn(first);
    expect(password).toMatch(/^[A-Za-z2-9-]{30}$/u);
    expect(passwordIn(await gateway('account-bootstrap'))).toBe('');
    const session = await rest(door, 'POST', '/session', { body: { email: 'admin@basalt.local', password } });
    expect(session.body).toMatchObject({ session: { mustChangePassword: true, account: { level: 'system' } } });
  }, 60_000);

  it('[IAM-01] issues a short session for set-up, which the log tells of', async () => {
    await gateway('account-bootstrap');
    const token = await gateway(
      'session-issue',
      '--email',
      'admin@basalt.local',
      '--minutes',
      '5',
      '--reason',
      'set-up',
    );
    const cookie = `basalt_session=${token}`;
    const session = await rest(door, 'GET', '/session', { cookie });
    expect(session.body).toMatchObject({ mustChangePassword: false });
    expect(Date.parse(String(session.body['expiresAt'])) - Date.now()).toBeLessThanOrEqual(300_000);
    expect((await rest(door, 'GET', '/regions/region-1/vms', { cookie })).status).toBe(200);
    const { rows } = await door.gateway.parts.db.execute(
      `select operation, via, detail from operation_log order by sequence desc limit 1`,
    );
    expect(rows).toMatchObject([
      { operation: 'session.signIn', via: 'machine', detail: { issued: 'command line', reason: 'set-up' } },
    ]);
    await expect(
      gateway('session-issue', '--email', 'admin@basalt.local', '--minutes', '500', '--reason', 'x'),
    ).rejects.toThrow('minutes');
  }, 60_000);

  it('[IAM-06] does not make the first administrator again when he has another address, or others administer', async () => {
    const { db } = door.gateway.parts;
    await gateway('account-bootstrap');
    await db.execute(`update account set email = 'renamed@basalt.local' where email = 'admin@basalt.local'`);
    expect(await gateway('account-bootstrap')).toBe('account: renamed@basalt.local exists');
    await gateway('account-create', '--email', 'second@basalt.local', '--role', 'systemAdmin');
    await db.execute(`delete from account where email = 'renamed@basalt.local'`);
    expect(await gateway('account-bootstrap')).toBe('account: second@basalt.local exists');
    const { rows } = await db.execute(
      `select via, resources from operation_log where operation = 'account.create' order by sequence desc limit 1`,
    );
    expect(rows).toMatchObject([{ via: 'machine', resources: [{ kind: 'account', name: 'second@basalt.local' }] }]);
  }, 60_000);

  it('[IAM-01] adds accounts and resets passwords, which ends the sessions', async () => {
    const password = passwordIn(
      await gateway(
        'account-create',
        '--email',
        'r@basalt.local',
        '--role',
        'regionReadonly',
        '--regions',
        'region-2',
        '--no-change',
      ),
    );
    const cookie = await door.signIn('r@basalt.local', password);
    expect((await rest(door, 'GET', '/session', { cookie })).body).toMatchObject({
      account: { level: 'region' },
      regions: ['region-2'],
    });
    const renewed = passwordIn(await gateway('password-reset', '--email', 'r@basalt.local'));
    await expect
      .poll(async () => (await rest(door, 'GET', '/session', { cookie })).status, { timeout: 5_000 })
      .toBe(401);
    const again = await rest(door, 'POST', '/session', { body: { email: 'r@basalt.local', password: renewed } });
    expect(again.body).toMatchObject({ session: { mustChangePassword: true } });
    await expect(gateway('account-create', '--email', 'r@basalt.local', '--role', 'systemAdmin')).rejects.toThrow(
      'taken',
    );
    await expect(gateway('nothing')).rejects.toThrow('account-bootstrap');
  }, 60_000);

  it('[IAM-12] lets an administrator in again who is limited, frozen and locked, and the log tells what was lifted', async () => {
    const { db } = door.gateway.parts;
    await gateway(
      'account-create',
      '--email',
      'shut@basalt.local',
      '--role',
      'systemAdmin',
      '--password',
      PASSWORD,
      '--no-change',
    );
    const day = ((new Date().getUTCDay() + 2) % 7) + 1;
    await db.execute(
      `update account set frozen = true, sources = '{192.0.2.1}', hours = '[{"day":${day},"from":"12:00","to":"12:01"}]' where email = 'shut@basalt.local'`,
    );
    await db.execute(
      `insert into sign_in_guard (email, failures, last_failure_at, locked_until) values ('shut@basalt.local', 5, now(), now() + interval '1 hour')`,
    );
    expect((await signInTry(door, 'shut@basalt.local', PASSWORD)).status).not.toBe(200);
    expect(await gateway('account-rescue', '--email', 'shut@basalt.local')).toBe(
      'account: shut@basalt.local\nlifted: sources, hours, freeze, lock',
    );
    expect((await signInTry(door, 'shut@basalt.local', PASSWORD)).status).toBe(200);
    const { rows } = await db.execute(
      `select operation, via, resources, detail from operation_log where via = 'machine' order by sequence desc limit 2`,
    );
    const resources = [expect.objectContaining({ kind: 'account', name: 'shut@basalt.local' })];
    expect(rows).toEqual([
      { operation: 'account.unfreeze', via: 'machine', resources, detail: { frozen: true, locked: true } },
      {
        operation: 'account.setSourceLimits',
        via: 'machine',
        resources,
        detail: { sources: { from: ['192.0.2.1'], to: [] }, hours: { from: [expect.anything()], to: [] } },
      },
    ]);
    expect(await gateway('account-rescue', '--email', 'shut@basalt.local')).toContain('nothing');
    await expect(gateway('account-rescue', '--email', 'nobody@basalt.local')).rejects.toThrow('no account');
  }, 60_000);
});
