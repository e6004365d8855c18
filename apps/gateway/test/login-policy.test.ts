import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loginPolicyDefaults, type LoginPolicyValues } from '@basalt/contract';
import { freePort, logger, type TestPostgres } from '@basalt/service';
import { gatewayStart } from '../src/gateway.ts';
import { code, doorOpen, PASSWORD, postgresOpen, rest, signInTry, type Door } from './harness.ts';
import { inBoth, logOf, plain, policyChange } from './sign-in-kit.ts';

let postgres: TestPostgres;
let door: Door;
let admin: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  admin = await door.signIn('admin@basalt.local');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const defaults = async () => void (await policyChange(door, admin, loginPolicyDefaults));
const newPassword = (cookie: string, current: string, password: string, headers = {}) =>
  rest(door, 'POST', '/session/password', { cookie, headers, body: { current, password } });

describe('the sign-in policy', () => {
  it('[SET-05] has the defaults of the table until it is changed, then who changed it and when', async () => {
    const first = (await rest(door, 'GET', '/login-policy', { cookie: admin })).body;
    expect(first).toEqual({
      ...loginPolicyDefaults,
      dutySeparation: false,
      version: 0,
      updatedAt: null,
      updatedBy: null,
    });
    const changed = await policyChange(door, admin, { session: { idleMinutes: 45 } });
    expect(changed.body).toMatchObject({ version: 1, updatedBy: 'admin@basalt.local', session: { idleMinutes: 45 } });
    expect((await rest(door, 'GET', '/login-policy', { cookie: admin })).body).toEqual(changed.body);
    const [entry] = (await logOf(door, 'admin@basalt.local')).slice(-1);
    expect(entry).toMatchObject({
      operation: 'loginPolicy.update',
      result: 'succeeded',
      detail: { 'session.idleMinutes': { from: 30, to: 45 } },
    });
    await defaults();
  });

  it('[SET-05] is not changed upon a version that is not the present one, which names who changed it', async () => {
    const body = { ...loginPolicyDefaults, version: 0 };
    const told = await inBoth((headers) => rest(door, 'PUT', '/login-policy', { cookie: plain(admin), headers, body }));
    expect(told).toEqual({
      code: 'changedMeanwhile',
      status: 409,
      zh: '内容已被 admin@basalt.local 修改，请刷新后重试',
      en: 'admin@basalt.local has changed it meanwhile; read it again',
    });
    const read = await rest(door, 'GET', '/login-policy', { cookie: admin });
    const change = { ...loginPolicyDefaults, session: { ...loginPolicyDefaults.session, maxPerAccount: 9 } };
    const both = await Promise.all(
      [1, 2].map(() =>
        rest(door, 'PUT', '/login-policy', { cookie: admin, body: { ...change, version: read.body['version'] } }),
      ),
    );
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    await defaults();
  });

  const bad: [string, { [G in keyof LoginPolicyValues]?: Partial<LoginPolicyValues[G]> }, string][] = [
    ['a password shorter than 6', { password: { minLength: 5 } }, 'password.minLength'],
    ['a password longer than 30', { password: { minLength: 31 } }, 'password.minLength'],
    ['one class', { password: { minClasses: 1 } }, 'password.minClasses'],
    ['five classes', { password: { minClasses: 5 } }, 'password.minClasses'],
    ['no expiry day', { password: { expiryDays: 0 } }, 'password.expiryDays'],
    ['too many expiry days', { password: { expiryDays: 3_651 } }, 'password.expiryDays'],
    ['two attempts', { lockout: { attempts: 2 } }, 'lockout.attempts'],
    ['eleven attempts', { lockout: { attempts: 11 } }, 'lockout.attempts'],
    ['a lock of 14 minutes', { lockout: { minutes: 14 } }, 'lockout.minutes'],
    ['a lock of 1441 minutes', { lockout: { minutes: 1_441 } }, 'lockout.minutes'],
    ['no session', { session: { maxPerAccount: 0 } }, 'session.maxPerAccount'],
    ['101 sessions', { session: { maxPerAccount: 101 } }, 'session.maxPerAccount'],
    ['14 idle minutes', { session: { idleMinutes: 14 } }, 'session.idleMinutes'],
    ['1441 idle minutes', { session: { idleMinutes: 1_441 } }, 'session.idleMinutes'],
    ['half a minute', { session: { idleMinutes: 15.5 } }, 'session.idleMinutes'],
    ['a link of 4 minutes', { passwordReset: { linkMinutes: 4 } }, 'passwordReset.linkMinutes'],
    ['no key', { apiKeysPerAccount: 0 }, 'apiKeysPerAccount'],
  ];
  it.each(bad)('[SET-05] is not changed to %s; the field is named in both languages', async (_, patch, field) => {
    const answer = await policyChange(door, admin, patch);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalidInput', field } });
    expect((await rest(door, 'GET', '/login-policy', { cookie: admin })).body).toMatchObject(loginPolicyDefaults);
  });

  it('[SET-05] holds from the next request in every gateway process', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { ...door.env, port, publicOrigins: [url] };
    const second = await gatewayStart(env, logger('gateway', 'silent'), door.settings);
    try {
      await door.accountAdd('far@basalt.local', 'systemReadonly');
      const cookie = await door.signIn('far@basalt.local');
      const expires = async (at: { url: string }) =>
        Date.parse(String((await rest(at, 'GET', '/session', { cookie })).body['expiresAt'])) - Date.now();
      expect(await expires({ url })).toBeLessThan(31 * 60_000);
      await policyChange(door, admin, { session: { idleMinutes: 600 } });
      expect(await expires(door)).toBeGreaterThan(599 * 60_000);
      // told by the database within its round trip; reading it again on its own would take three seconds
      await expect.poll(() => expires({ url }), { timeout: 1_000, interval: 10 }).toBeGreaterThan(599 * 60_000);
    } finally {
      await second.close();
      await defaults();
    }
  });

  it('[SET-05] is told to the pages, with the characters that a password may have', async () => {
    await policyChange(door, admin, { password: { minLength: 12, minClasses: 3 } });
    expect((await rest(door, 'GET', '/platform')).body['passwordPolicy']).toEqual({
      minLength: 12,
      maxLength: 30,
      minClasses: 3,
      symbols: "()`~!@#$%^&*-+=_|{}[]:;'<>,.?/",
    });
    await defaults();
  });
});

describe('a password', () => {
  it('[IAM-07] is judged by the policy of now', async () => {
    await door.accountAdd('strict@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('strict@basalt.local');
    await policyChange(door, admin, { password: { minLength: 14, minClasses: 4 } });
    const told = await inBoth((headers) => newPassword(plain(cookie), PASSWORD, 'Short-Word-8', headers));
    expect(told).toMatchObject({
      code: 'passwordPolicy',
      zh: '密码不符合要求：长度应为 14–30 个字符',
      en: 'The password does not meet the policy: 14–30 characters',
    });
    expect((await newPassword(cookie, PASSWORD, 'Long-Enough-Word-8')).status).toBe(200);
    await defaults();
  });

  it('[IAM-07] that no longer complies must be changed when the policy forces it, and then not again', async () => {
    await door.accountAdd('lax@basalt.local', 'systemReadonly');
    await policyChange(door, admin, { password: { minLength: 20 } });
    const earlier = await signInTry(door, 'lax@basalt.local', PASSWORD);
    expect(earlier.body).toMatchObject({ session: { mustChangePassword: false, passwordReason: null } });
    await policyChange(door, admin, { password: { forceChangeWhenNonCompliant: true } });
    // of a session that is open it is known since its password was typed
    expect((await rest(door, 'GET', '/session', { cookie: earlier.cookie })).body).toMatchObject({
      passwordReason: 'policy',
    });
    expect(code(await rest(door, 'GET', '/regions', { cookie: earlier.cookie }))).toBe('passwordChangeRequired');
    const forced = await signInTry(door, 'lax@basalt.local', PASSWORD);
    expect(forced.body).toMatchObject({ session: { mustChangePassword: true, passwordReason: 'policy' } });
    const told = await inBoth((headers) => rest(door, 'GET', '/regions', { cookie: plain(forced.cookie), headers }));
    expect(told).toEqual({
      code: 'passwordChangeRequired',
      status: 403,
      zh: '请先修改密码',
      en: 'Change the password first',
    });
    const changed = await newPassword(forced.cookie, PASSWORD, 'A-Password-Of-Length-20');
    expect(changed.body).toMatchObject({ mustChangePassword: false, passwordReason: null });
    expect((await rest(door, 'GET', '/regions', { cookie: forced.cookie })).status).toBe(200);
    const log = await logOf(door, 'lax@basalt.local');
    expect(log).toContainEqual(
      expect.objectContaining({ operation: 'session.forcePasswordChange', detail: { reason: 'policy' } }),
    );
    await defaults();
  });

  it('[IAM-08] that has expired must be changed before anything else, unless that is not enforced', async () => {
    await door.accountAdd('old@basalt.local', 'systemReadonly');
    await door.gateway.parts.db.execute(
      `update account set password_changed_at = now() - interval '91 days' where email = 'old@basalt.local'`,
    );
    const { cookie, body } = await signInTry(door, 'old@basalt.local', PASSWORD);
    expect(body).toMatchObject({ session: { mustChangePassword: true, passwordReason: 'expired' } });
    const ask = () => rest(door, 'GET', '/regions', { cookie });
    expect(code(await ask())).toBe('passwordChangeRequired');
    expect(code(await rest(door, 'GET', '/my-account', { cookie }))).toBe('passwordChangeRequired');
    await policyChange(door, admin, { password: { expiryEnforced: false } });
    expect((await ask()).status).toBe(200);
    await policyChange(door, admin, { password: { expiryEnforced: true, expiryDays: 92 } });
    expect((await ask()).status).toBe(200);
    expect((await rest(door, 'GET', '/my-account', { cookie })).body['passwordExpiresAt']).toMatch(/Z$/u);
    const stream = await fetch(`${door.url}/api/v1/regions/region-1/events`, {
      headers: { cookie, accept: 'text/event-stream', origin: door.url },
      signal: AbortSignal.timeout(20_000),
    });
    await policyChange(door, admin, { password: { expiryDays: 90 } });
    expect(code(await ask())).toBe('passwordChangeRequired');
    expect((await rest(door, 'GET', '/session', { cookie })).body).toMatchObject({ passwordReason: 'expired' });
    // what is open already ends too
    const reader = stream.body?.getReader();
    for (let done = false; !done;) done = (await reader?.read())?.done ?? true;
    expect((await newPassword(cookie, PASSWORD, 'Brand-New-1')).status).toBe(200);
    expect((await ask()).status).toBe(200);
    await defaults();
  });
});

describe('sessions', () => {
  const session = (cookie: string) => (headers: Readonly<Record<string, string>>) =>
    rest(door, 'GET', '/session', { cookie: plain(cookie), headers });

  it('[IAM-10] one at a time: a new sign-in ends the others, which are told why', async () => {
    await door.accountAdd('single@basalt.local', 'systemReadonly');
    const old = [await door.signIn('single@basalt.local'), await door.signIn('single@basalt.local')];
    await policyChange(door, admin, { session: { single: true } });
    const present = await door.signIn('single@basalt.local');
    for (const cookie of old)
      expect(await inBoth(session(cookie))).toEqual({
        code: 'sessionEnded',
        status: 401,
        zh: '登录已失效：该账号已在其他地方登录',
        en: 'The session has ended: the account has signed in elsewhere',
      });
    expect((await session(present)({})).status).toBe(200);
    const replaced = (await logOf(door, 'single@basalt.local')).filter((each) => each.operation === 'session.replaced');
    expect(replaced).toHaveLength(2);
    expect(replaced[0]?.detail).toMatchObject({ reason: 'replaced', address: '127.0.0.1' });
    const many = await Promise.all(Array.from({ length: 6 }, () => door.signIn('single@basalt.local')));
    const open = await Promise.all(many.map(async (cookie) => (await session(cookie)({})).status));
    expect(open.filter((status) => status === 200)).toHaveLength(1);
    await defaults();
  });

  it('[IAM-10] more than the policy allows: the oldest ends, and is told so', async () => {
    await policyChange(door, admin, { session: { maxPerAccount: 2 } });
    await door.accountAdd('few@basalt.local', 'systemReadonly');
    const [first, second, third] = [
      await door.signIn('few@basalt.local'),
      await door.signIn('few@basalt.local'),
      await door.signIn('few@basalt.local'),
    ];
    expect(await inBoth(session(first))).toMatchObject({
      code: 'sessionEnded',
      zh: '登录已失效：该账号的会话数已达上限，最早的会话已结束',
      en: 'The session has ended: the account had too many sessions, and this was the oldest',
    });
    expect([(await session(second)({})).status, (await session(third)({})).status]).toEqual([200, 200]);
    await defaults();
  });

  it('[IAM-11] idle for longer than the policy allows end, are told so and logged once', async () => {
    await door.accountAdd('idle@basalt.local', 'systemReadonly');
    const [idle, swept] = [await door.signIn('idle@basalt.local'), await door.signIn('idle@basalt.local')];
    await door.gateway.parts.db.execute(
      `update session set last_seen_at = now() - interval '20 minutes' where account_id = (select id from account where email = 'idle@basalt.local')`,
    );
    await door.restart();
    expect(
      (await rest(door, 'GET', '/session', { cookie: idle, headers: { 'x-basalt-background': '1' } })).status,
    ).toBe(200);
    await policyChange(door, admin, { session: { idleMinutes: 15 } });
    expect(await inBoth(session(idle))).toEqual({
      code: 'sessionEnded',
      status: 401,
      zh: '登录已失效：长时间未操作，已自动退出',
      en: 'The session has ended: nothing was done for too long',
    });
    // of the other nobody asks; the gateway looks for such by itself
    await door.gateway.parts.sessions.sweep();
    await door.gateway.parts.sessions.sweep();
    expect((await session(swept)({})).body['code']).toBe('sessionEnded');
    const log = (await logOf(door, 'idle@basalt.local')).filter((each) => each.operation === 'session.expireIdle');
    expect(log).toHaveLength(2);
    await defaults();
  });

  it('[IAM-10] signed out by oneself need no telling; one that never was is none', async () => {
    const cookie = await door.signIn('admin@basalt.local');
    await rest(door, 'DELETE', '/session', { cookie });
    expect(await inBoth(session(cookie))).toMatchObject({ code: 'notSignedIn' });
    expect(await inBoth(session(`basalt_session=${'A'.repeat(43)}`))).toEqual({
      code: 'notSignedIn',
      status: 401,
      zh: '登录已失效，请重新登录',
      en: 'You are not signed in, or the session has ended; sign in again',
    });
  });

  it('[IAM-10] beyond their longest time end, whatever is done in them', async () => {
    const cookie = await door.signIn('admin@basalt.local');
    await door.gateway.parts.db.execute(
      `update session set absolute_end = now() where id = (select id from session order by created_at desc, id desc limit 1)`,
    );
    await door.restart();
    expect(await inBoth(session(cookie))).toMatchObject({
      code: 'sessionEnded',
      zh: '登录已失效：已达到最长登录时间',
      en: 'The session has ended: it had reached its longest time',
    });
  });

  it('[IAM-14] of another browser are told that the password has changed', async () => {
    await door.accountAdd('pair@basalt.local', 'systemReadonly');
    const [one, two] = [await door.signIn('pair@basalt.local'), await door.signIn('pair@basalt.local')];
    expect((await newPassword(one, PASSWORD, 'Other-Word-8')).status).toBe(200);
    expect(await inBoth(session(two))).toMatchObject({
      code: 'sessionEnded',
      zh: '登录已失效：密码已修改',
      en: 'The session has ended: the password has been changed',
    });
  });
});
