import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { code, doorOpen, PASSWORD, postgresOpen, rest, send, signInTry, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const signIn = (email: string, password: string) => signInTry(door, email, password);

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

  it('[IAM-09] many right passwords at the same moment are no wrong tries', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        rest(door, 'POST', '/session', { body: { email: 'admin@basalt.local', password: PASSWORD } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  it('[IAM-01] sets a cookie that scripts and other sites cannot use', async () => {
    const answer = await signIn('admin@basalt.local', PASSWORD);
    const [session = ''] = answer.headers.getSetCookie();
    expect(session).toMatch(/^basalt_session=[\w-]{43}; HttpOnly; Path=\/; SameSite=Strict$/u);
  });

  it('[IAM-01] works through tRPC and sets the same cookie', async () => {
    const answer = await send(door, 'POST', '/api/trpc/session.signIn', {
      body: { email: 'ADMIN@basalt.local', password: PASSWORD },
    });
    expect(answer.status).toBe(200);
    const now = await send(door, 'GET', '/api/trpc/session.current', { cookie: answer.cookie });
    expect(now.body).toHaveProperty('result.data.account.email', 'admin@basalt.local');
  });

  it('[IAM-01] ends with sign-out', async () => {
    const cookie = await door.signIn('admin@basalt.local');
    const out = await rest(door, 'DELETE', '/session', { cookie });
    expect(out.status).toBe(200);
    expect(out.headers.getSetCookie().join()).toContain('Max-Age=0');
    const after = await rest(door, 'GET', '/session', { cookie });
    expect([after.status, code(after)]).toEqual([401, 'notSignedIn']);
  });

  it('[IAM-01] never goes on with the token that came with the sign-in', async () => {
    const before = await door.signIn('admin@basalt.local');
    const again = await rest(door, 'POST', '/session', {
      body: { email: 'admin@basalt.local', password: PASSWORD },
      cookie: before,
    });
    expect(again.cookie).not.toBe(before);
    expect((await rest(door, 'GET', '/session', { cookie: before })).status).toBe(401);
  });

  it('[IAM-01] keeps only a hash of the token and of the password', async () => {
    const cookie = await door.signIn('admin@basalt.local');
    const token = /basalt_session=([^;]+)/u.exec(cookie)?.[1] ?? '';
    const { rows } = await door.gateway.parts.db.execute(
      `select (select json_agg(s)::text from session s) || (select json_agg(a)::text from account a) || (select json_agg(l)::text from operation_log l) as all`,
    );
    const dump = JSON.stringify(rows);
    expect(token).toHaveLength(43);
    expect(dump).toContain('$argon2id$');
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(PASSWORD);
  });

  it('[IAM-10] ends the oldest session beyond the limit', async () => {
    await door.accountAdd('many@basalt.local', 'systemReadonly');
    const cookies: string[] = [];
    for (let i = 0; i <= door.settings.session.maxPerAccount; i += 1)
      cookies.push(await door.signIn('many@basalt.local'));
    expect((await rest(door, 'GET', '/session', { cookie: cookies[0] ?? '' })).status).toBe(401);
    expect((await rest(door, 'GET', '/session', { cookie: cookies[1] ?? '' })).status).toBe(200);
  });
});

describe('first sign-in', () => {
  it('[IAM-01] allows nothing but the session until the password is changed', async () => {
    await door.accountAdd('fresh@basalt.local', 'systemAdmin', { mustChange: true });
    const cookie = await door.signIn('fresh@basalt.local');
    const refused = await rest(door, 'GET', '/regions/region-1/vms', { cookie });
    expect([refused.status, code(refused)]).toEqual([403, 'passwordChangeRequired']);
    expect(code(await rest(door, 'GET', '/regions', { cookie }))).toBe('passwordChangeRequired');

    const change = (current: string, password: string) =>
      rest(door, 'POST', '/session/password', { cookie, body: { current, password } });
    expect(await change('wrong-One-9', 'Brand-New-1')).toMatchObject({ status: 401, body: { field: 'current' } });
    expect(await change(PASSWORD, PASSWORD)).toMatchObject({ status: 400, body: { code: 'passwordPolicy' } });
    expect(await change(PASSWORD, 'Brand-New-1')).toMatchObject({ status: 200, body: { mustChangePassword: false } });
    expect((await rest(door, 'GET', '/regions/region-1/vms', { cookie })).status).toBe(200);
    expect((await signIn('fresh@basalt.local', PASSWORD)).status).toBe(401);
  });

  it.each([
    ['Aa1', 'too short'],
    ['Aa1'.repeat(11), 'too long'],
    ['alllowercase', 'one class'],
    ['Spaces are 1', 'space'],
    ['Back\\slash1', 'backslash'],
    ['Größe-1234', 'not ASCII'],
  ])('[IAM-07] refuses the password %s (%s)', async (password) => {
    const cookie = await door.signIn('admin@basalt.local');
    const answer = await rest(door, 'POST', '/session/password', { cookie, body: { current: PASSWORD, password } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'passwordPolicy', field: 'password' } });
  });

  it('[IAM-14] ends the other sessions when the password changes', async () => {
    await door.accountAdd('two@basalt.local', 'systemReadonly');
    const [one, two] = [await door.signIn('two@basalt.local'), await door.signIn('two@basalt.local')];
    await rest(door, 'POST', '/session/password', {
      cookie: one,
      body: { current: PASSWORD, password: 'Other-Word-8' },
    });
    expect((await rest(door, 'GET', '/session', { cookie: one })).status).toBe(200);
    expect((await rest(door, 'GET', '/session', { cookie: two })).status).toBe(401);
  });
});

describe('wrong passwords', () => {
  it('[IAM-09] lock the address of sign-in, for the right password too, and the lock survives a restart', async () => {
    await door.accountAdd('locked@basalt.local', 'systemReadonly');
    for (let i = 0; i < door.settings.lockout.attempts; i += 1)
      expect(code(await signIn('locked@basalt.local', 'Wrong-One-1'))).toBe('wrongCredentials');
    const locked = await signIn('locked@basalt.local', PASSWORD);
    expect([locked.status, code(locked)]).toEqual([423, 'accountLocked']);
    await door.restart();
    expect(code(await signIn('locked@basalt.local', PASSWORD))).toBe('accountLocked');
    await door.gateway.parts.db.execute(`update sign_in_guard set locked_until = now() - interval '1 second'`);
    expect((await signIn('locked@basalt.local', PASSWORD)).status).toBe(200);
  });

  it('[IAM-09] count when they come at once', async () => {
    await door.accountAdd('burst@basalt.local', 'systemReadonly');
    await Promise.all(Array.from({ length: 12 }, () => signIn('burst@basalt.local', 'Wrong-One-1')));
    expect(code(await signIn('burst@basalt.local', PASSWORD))).toBe('accountLocked');
  });

  it('[IAM-09] are answered alike for accounts that do not exist, up to and with the lock', async () => {
    await door.accountAdd('real@basalt.local', 'systemReadonly');
    const said = async (email: string) => {
      const { status, body } = await signIn(email, 'Wrong-One-1');
      return { status, ...body, requestId: null };
    };
    for (let i = 0; i <= door.settings.lockout.attempts; i += 1)
      expect(await said('nobody@basalt.local')).toEqual(await said('real@basalt.local'));
  });
});

describe('an idle session', () => {
  it('[IAM-11] ends; background traffic does not keep it alive, the user does', async () => {
    const cookie = await door.signIn('admin@basalt.local');
    const background = { 'x-basalt-background': '1' };
    const ago = (minutes: number) =>
      door.gateway.parts.db.execute(
        `update session set last_seen_at = now() - interval '${minutes} minutes' where ended_at is null`,
      );
    // another gateway would see the table only: restarting forgets what this one remembers
    await ago(29);
    await door.restart();
    expect((await rest(door, 'GET', '/session', { cookie, headers: background })).status).toBe(200);
    await ago(31);
    await door.restart();
    const late = await rest(door, 'GET', '/session', { cookie, headers: background });
    expect(code(late)).toBe('sessionEnded');

    const fresh = await door.signIn('admin@basalt.local');
    const first = await rest(door, 'GET', '/session', { cookie: fresh, headers: background });
    const second = await rest(door, 'GET', '/session', { cookie: fresh, headers: background });
    expect(second.body['expiresAt']).toBe(first.body['expiresAt']);
    const used = await rest(door, 'GET', '/session', { cookie: fresh });
    expect(Date.parse(String(used.body['expiresAt']))).toBeGreaterThan(Date.parse(String(first.body['expiresAt'])));
  });

  it('[IAM-06] of a frozen account ends within seconds', async () => {
    await door.accountAdd('cold@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('cold@basalt.local');
    await door.gateway.parts.db.execute(`update account set frozen = true where email = 'cold@basalt.local'`);
    await expect
      .poll(async () => (await rest(door, 'GET', '/session', { cookie })).status, { timeout: 5_000 })
      .toBe(401);
    expect(code(await signIn('cold@basalt.local', PASSWORD))).toBe('wrongCredentials');
  });
});

describe('preferences', () => {
  it('[IAM-21] language and theme hold, and errors speak the language', async () => {
    await door.accountAdd('reader@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('reader@basalt.local');
    const set = (body: object) => rest(door, 'PATCH', '/session/preferences', { cookie, body });
    expect((await set({ locale: 'en-US', theme: 'dark' })).body).toMatchObject({ locale: 'en-US', theme: 'dark' });
    const refused = await rest(door, 'POST', '/regions/region-1/networks', { cookie, body: {} });
    expect(refused.body['message']).toMatch(/^The permission .+ is missing$/u);
    await set({ locale: 'zh-CN' });
    expect((await rest(door, 'POST', '/regions/region-1/networks', { cookie, body: {} })).body['message']).toMatch(
      /^缺少权限/u,
    );
  });
});
