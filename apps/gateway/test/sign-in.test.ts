import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { doorOpen, PASSWORD, postgresOpen, rest, send, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  await door.accountAdd('fresh@basalt.local', 'systemAdmin', { mustChange: true });
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const code = (answer: { body: Record<string, unknown> }): unknown => answer.body['code'];

describe('signing in', () => {
  it('[IAM-01] gives a session by e-mail address and password, and a call reaches the region', async () => {
    const cookie = await door.signIn('admin@basalt.local');
    const session = await rest(door, 'GET', '/session', { cookie });
    expect(session.body).toMatchObject({
      account: { email: 'admin@basalt.local' },
      mustChangePassword: false,
      regions: ['region-1', 'region-2'],
    });
    const list = await send(door, 'GET', `/api/trpc/vm.list?input=${encodeURIComponent('{"region":"region-1"}')}`, {
      cookie,
    });
    expect(list.status).toBe(200);
    expect(list.body).toHaveProperty('result.data.items');
    expect(door.region.calls.at(-1)).toMatchObject({
      name: 'vm.list',
      actor: { email: 'admin@basalt.local', permissions: '*', aud: 'region-1' },
    });
  });

  it('[IAM-01] ends with sign-out', async () => {
    const cookie = await door.signIn('admin@basalt.local');
    const out = await rest(door, 'DELETE', '/session', { cookie });
    expect(out.status).toBe(200);
    expect(out.headers.getSetCookie().join()).toContain('Max-Age=0');
    const after = await rest(door, 'GET', '/session', { cookie });
    expect([after.status, code(after)]).toEqual([401, 'notSignedIn']);
  });
});
