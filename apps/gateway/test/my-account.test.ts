import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountSession, OperationEntry } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { doorOpen, postgresOpen, rest, send, type Door } from './harness.ts';
import { inBoth, logOf, plain } from './sign-in-kit.ts';

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

const items = <T>(answer: { body: Record<string, unknown> }): T[] => answer.body['items'] as T[];

describe('the own account', () => {
  it('[IAM-21] tells what it is: roles, limits, password, second factor', async () => {
    await door.accountAdd('me@basalt.local', 'regionReadonly', { regions: ['region-1'] });
    const cookie = await door.signIn('me@basalt.local');
    const { body } = await rest(door, 'GET', '/my-account', { cookie });
    expect(body).toEqual({
      email: 'me@basalt.local',
      pendingEmail: null,
      name: 'me@basalt.local',
      level: 'region',
      bindings: [{ id: expect.any(String), role: 'regionReadonly', roleName: expect.any(String), scope: null }],
      groups: [],
      totp: { enabled: false, since: null, recoveryCodesLeft: 0 },
      passwordChangedAt: expect.stringMatching(/Z$/u),
      passwordExpiresAt: expect.stringMatching(/Z$/u),
      limits: { sources: [], hours: [], timeZone: 'Asia/Shanghai' },
      lastSignIn: { at: expect.stringMatching(/Z$/u), address: '127.0.0.1' },
      lastFailure: null,
      createdAt: expect.stringMatching(/Z$/u),
    });
    const [changed, expires] = [body['passwordChangedAt'], body['passwordExpiresAt']].map((at) =>
      Date.parse(String(at)),
    );
    expect((expires ?? 0) - (changed ?? 0)).toBe(90 * 86_400_000);
  });

  it('[IAM-21] changes its name, from the next request', async () => {
    await door.accountAdd('name@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('name@basalt.local');
    const set = (name: string, headers = {}) =>
      rest(door, 'PATCH', '/my-account', { cookie: plain(cookie), headers, body: { name } });
    expect((await set('玄武')).status).toBe(200);
    expect((await rest(door, 'GET', '/session', { cookie })).body).toMatchObject({ account: { name: '玄武' } });
    expect(await logOf(door, 'name@basalt.local')).toContainEqual(
      expect.objectContaining({
        operation: 'myAccount.update',
        detail: { name: { from: 'name@basalt.local', to: '玄武' } },
      }),
    );
    expect(await inBoth((headers) => set(' leading', headers))).toMatchObject({
      code: 'invalidInput',
      zh: 'name：1–128 个字符，首尾不能是空格，不能含控制字符',
      en: 'name: 1–128 characters, no space at either end, no control characters',
    });
  });

  it('[IAM-21] lists its sessions and ends one, which is told so; not those of others', async () => {
    await door.accountAdd('many@basalt.local', 'systemAdmin');
    await door.accountAdd('stranger@basalt.local', 'systemReadonly');
    const here = await door.signIn('many@basalt.local');
    const there = await rest(door, 'POST', '/session', {
      headers: { 'user-agent': 'Other Browser/1.0' },
      body: { email: 'many@basalt.local', password: 'Right-Horse-7' },
    });
    const stranger = await door.signIn('stranger@basalt.local');
    const list = async (cookie: string) =>
      items<AccountSession>(await rest(door, 'GET', '/my-account/sessions', { cookie }));
    const found = await list(here);
    expect(found.map(({ current, client, address }) => [current, client, address])).toEqual([
      [false, 'Other Browser/1.0', '127.0.0.1'],
      [true, 'node', '127.0.0.1'],
    ]);
    const end = (id: string | undefined, headers = {}) =>
      rest(door, 'DELETE', `/my-account/sessions/${id}`, { cookie: plain(here), headers });
    const [strange] = await list(stranger);
    expect(await inBoth((headers) => end(strange?.id, headers))).toEqual({
      code: 'notFound',
      status: 404,
      zh: '会话 不存在或已删除',
      en: 'The session does not exist or has been deleted',
    });
    const stream = await fetch(`${door.url}/api/v1/regions/region-1/events`, {
      headers: { cookie: there.cookie, accept: 'text/event-stream', origin: door.url },
      signal: AbortSignal.timeout(10_000),
    });
    expect(stream.status).toBe(200);
    expect((await end(found[0]?.id)).status).toBe(200);
    expect(await inBoth((headers) => rest(door, 'GET', '/session', { cookie: plain(there.cookie), headers }))).toEqual({
      code: 'sessionEnded',
      status: 401,
      zh: '登录已失效：已在其他会话中被结束',
      en: 'The session has ended: it was ended from another session of yours',
    });
    const reader = stream.body?.getReader();
    let done = false;
    while (!done) done = (await reader?.read())?.done ?? true;
    expect(await list(here)).toHaveLength(1);
    expect((await rest(door, 'GET', '/session', { cookie: stranger })).status).toBe(200);
  });

  it('[IAM-21] reads its own entries of the log, and only those, whatever its role', async () => {
    await door.accountAdd('reads@basalt.local', 'regionReadonly', { regions: ['region-1'] });
    await door.accountAdd('acts@basalt.local', 'systemAdmin');
    const cookie = await door.signIn('reads@basalt.local');
    await door.signIn('acts@basalt.local');
    await rest(door, 'POST', '/regions/region-1/networks', { cookie, body: {} });
    const entries = items<OperationEntry>(await rest(door, 'GET', '/my-account/operation-log', { cookie }));
    expect(entries.map(({ operation }) => operation)).toContain('session.signIn');
    expect(new Set(entries.map(({ account }) => account.name))).toEqual(new Set(['reads@basalt.local']));
  });
});

describe('the next request after a change', () => {
  it('[IAM-06] of a frozen account or of its rights knows of it, in spite of what is remembered', async () => {
    const own = await doorOpen(postgres, { settings: { sessionCacheMs: 600_000 } });
    try {
      await own.accountAdd('frozen@basalt.local', 'systemAdmin');
      const cookie = await own.signIn('frozen@basalt.local');
      const ask = (headers = {}) => rest(own, 'GET', '/session', { cookie: plain(cookie), headers });
      const { body } = await ask();
      const id = String((body['account'] as Record<string, unknown>)['id']);
      const far = own.gateway.parts.sessions;
      await own.gateway.parts.db.execute(`update role_binding set role = 'systemReadonly' where account_id = '${id}'`);
      expect((await ask()).body['permissions']).toContain('vm:create');
      far.forgetAccount(id);
      expect((await ask()).body['permissions']).not.toContain('vm:create');
      await own.gateway.parts.db.execute(`update account set frozen = true where id = '${id}'`);
      far.forgetAccount(id);
      expect((await ask()).status).toBe(401);
      await expect.poll(async () => (await ask()).body['code']).toBe('sessionEnded');
      expect(await inBoth((headers) => ask(headers))).toMatchObject({
        zh: '登录已失效：账号已被冻结',
        en: 'The session has ended: the account has been frozen',
      });
    } finally {
      await own.close();
    }
  });

  it('[IAM-01] works by tRPC alike', async () => {
    await door.accountAdd('trpc@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('trpc@basalt.local');
    await rest(door, 'DELETE', '/session', { cookie });
    const answer = await send(door, 'GET', '/api/trpc/myAccount.get', { cookie });
    expect(answer.body).toHaveProperty('error.data.basalt.code', 'notSignedIn');
  });
});
