import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { code, doorOpen, PASSWORD, postgresOpen, rest, signInTry, type Door } from './harness.ts';
import { codeOf, inBoth, logOf, mailOn, mailsTo, plain, stepForget, ticketOf, totpEnrol } from './sign-in-kit.ts';

let postgres: TestPostgres;
let door: Door;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres, { env: { trustedProxies: ['127.0.0.1'] } });
  await mailOn(door);
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const verify = (ticket: string, given: string, headers: Readonly<Record<string, string>> = {}) =>
  rest(door, 'POST', '/session/totp', { headers, body: { ticket, code: given } });
const prepare = (cookie: string, password: string, headers = {}) =>
  rest(door, 'POST', '/my-account/totp/prepare', { cookie, headers, body: { password } });
/** A code that no step near now has. */
function wrongCode(secret: string): string {
  const near = new Set([-2, -1, 0, 1, 2].map((offset) => codeOf(secret, offset)));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((one) => !near.has(one)) ?? '666666';
}

describe('enrolment', () => {
  it('[IAM-13] takes the password, a code of the app, and answers ten recovery codes once', async () => {
    await door.accountAdd('enrol@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('enrol@basalt.local');
    const wrong = await inBoth((headers) => prepare(plain(cookie), 'Wrong-One-1', headers));
    expect(wrong).toEqual({
      code: 'wrongCredentials',
      status: 401,
      zh: '邮箱或密码不正确',
      en: 'The e-mail address or the password is wrong',
    });
    const prepared = (await prepare(cookie, PASSWORD)).body;
    const secret = String(prepared['secret']);
    expect(prepared['uri']).toContain(`secret=${secret}`);
    // nothing counts yet
    expect((await signInTry(door, 'enrol@basalt.local', PASSWORD)).body).toMatchObject({ step: 'done' });
    const enable = (given: string, headers = {}) =>
      rest(door, 'POST', '/my-account/totp', { cookie: plain(cookie), headers, body: { code: given } });
    expect(await inBoth((headers) => enable(wrongCode(secret), headers))).toMatchObject({
      code: 'codeInvalid',
      zh: '验证码不正确或已使用',
      en: 'The code is wrong or has been used',
    });
    const enabled = await enable(codeOf(secret));
    expect(enabled.body['recoveryCodes']).toHaveLength(10);
    expect(await inBoth((headers) => prepare(plain(cookie), PASSWORD, headers))).toMatchObject({
      code: 'actionRefused',
      zh: '双因子验证已开启',
      en: 'Two-factor sign-in is on already',
    });
    expect((await rest(door, 'GET', '/my-account', { cookie })).body).toMatchObject({
      totp: { enabled: true, since: expect.stringMatching(/Z$/u), recoveryCodesLeft: 10 },
    });
    const { rows } = await door.gateway.parts.db.execute(
      `select (select json_agg(a)::text from account a) || (select json_agg(r)::text from recovery_code r) || (select json_agg(l)::text from operation_log l) as all`,
    );
    const dump = JSON.stringify(rows);
    for (const kept of [secret, ...(enabled.body['recoveryCodes'] as string[])]) expect(dump).not.toContain(kept);
    expect((await mailsTo(door, 'enrol@basalt.local')).map(({ subject }) => subject)).toEqual(['双因子验证已开启']);
  });

  it('[IAM-13] that was not confirmed in ten minutes begins anew', async () => {
    await door.accountAdd('slow@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('slow@basalt.local');
    const { secret } = (await prepare(cookie, PASSWORD)).body;
    await door.gateway.parts.db.execute(
      `update account set totp_pending_until = now() where email = 'slow@basalt.local'`,
    );
    const late = await inBoth((headers) =>
      rest(door, 'POST', '/my-account/totp', {
        cookie: plain(cookie),
        headers,
        body: { code: codeOf(String(secret)) },
      }),
    );
    expect(late).toMatchObject({ code: 'actionRefused', zh: '请先重新获取二维码', en: 'Ask for a new QR code first' });
  });
});

describe('signing in with two factors', () => {
  it('[IAM-13] gives no session before the code, and one with it', async () => {
    await door.accountAdd('two@basalt.local', 'systemReadonly');
    const { secret } = await totpEnrol(door, 'two@basalt.local');
    const first = await signInTry(door, 'two@basalt.local', PASSWORD);
    expect(first.body).toEqual({ step: 'totp', ticket: expect.any(String), expiresAt: expect.stringMatching(/Z$/u) });
    expect(first.headers.getSetCookie()).toEqual([]);
    const done = await verify(String(first.body['ticket']), codeOf(secret));
    expect(done.body).toMatchObject({ account: { email: 'two@basalt.local' } });
    expect((await rest(door, 'GET', '/session', { cookie: done.cookie })).status).toBe(200);
    const log = (await logOf(door, 'two@basalt.local')).slice(-2);
    expect(log).toMatchObject([
      { operation: 'session.verifyTotp', result: 'succeeded', detail: { method: 'app' } },
      { operation: 'session.signIn', result: 'succeeded' },
    ]);
  });

  it('[IAM-13] a code is taken once, of two at the same moment too, and none from before it', async () => {
    await door.accountAdd('once@basalt.local', 'systemReadonly');
    const { secret } = await totpEnrol(door, 'once@basalt.local');
    const tickets = await Promise.all(Array.from({ length: 4 }, () => ticketOf(door, 'once@basalt.local')));
    const present = codeOf(secret);
    const answers = await Promise.all(tickets.map((ticket) => verify(ticket, present)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const ticket = await ticketOf(door, 'once@basalt.local');
    expect(await inBoth((headers) => verify(ticket, present, headers))).toEqual({
      code: 'codeInvalid',
      status: 401,
      zh: '验证码不正确或已使用',
      en: 'The code is wrong or has been used',
    });
    expect(code(await verify(ticket, codeOf(secret, -1)))).toBe('codeInvalid');
  });

  it('[IAM-13] the code that turned it on does not sign in', async () => {
    await door.accountAdd('first@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('first@basalt.local');
    const secret = String((await prepare(cookie, PASSWORD)).body['secret']);
    const used = codeOf(secret);
    await rest(door, 'POST', '/my-account/totp', { cookie, body: { code: used } });
    expect(code(await verify(await ticketOf(door, 'first@basalt.local'), used))).toBe('codeInvalid');
  });

  it('[IAM-13] the codes of the step before and after are taken, those further away are not', async () => {
    await door.accountAdd('skew@basalt.local', 'systemReadonly');
    const { secret } = await totpEnrol(door, 'skew@basalt.local');
    const tried = async (offset: number) => {
      await stepForget(door, 'skew@basalt.local');
      return (await verify(await ticketOf(door, 'skew@basalt.local'), codeOf(secret, offset))).status;
    };
    expect([await tried(1), await tried(0)]).toEqual([200, 200]);
    expect([await tried(-3), await tried(3)]).toEqual([401, 401]);
  });

  it('[IAM-13] a recovery code works in place of the app’s, once, and its use is logged and mailed', async () => {
    await door.accountAdd('lost@basalt.local', 'systemReadonly');
    const { recoveryCodes } = await totpEnrol(door, 'lost@basalt.local');
    const [recovery = '', another = ''] = recoveryCodes;
    const tickets = await Promise.all(Array.from({ length: 3 }, () => ticketOf(door, 'lost@basalt.local')));
    const typed = recovery.toUpperCase().replaceAll('-', ' ');
    const answers = await Promise.all(tickets.map((ticket) => verify(ticket, typed)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const ticket = await ticketOf(door, 'lost@basalt.local');
    expect(await inBoth((headers) => verify(ticket, recovery, headers))).toMatchObject({
      code: 'codeInvalid',
      zh: '验证码不正确或已使用',
      en: 'The code is wrong or has been used',
    });
    const done = await verify(ticket, another);
    expect(done.status).toBe(200);
    expect((await rest(door, 'GET', '/my-account', { cookie: done.cookie })).body).toMatchObject({
      totp: { recoveryCodesLeft: 8 },
    });
    const used = (await logOf(door, 'lost@basalt.local')).filter(
      (each) => each.operation === 'session.verifyTotp' && each.result === 'succeeded',
    );
    expect(used.map(({ detail }) => detail)).toEqual([
      { method: 'recoveryCode', left: 9 },
      { method: 'recoveryCode', left: 8 },
    ]);
    const mails = (await mailsTo(door, 'lost@basalt.local')).filter(({ subject }) => subject === '恢复码已被使用');
    expect(mails).toHaveLength(2);
    expect(mails[0]?.text).not.toContain(recovery);
  });

  it('[IAM-13] a ticket is good for five tries, for its address, for five minutes, and once', async () => {
    await door.accountAdd('ticket@basalt.local', 'systemReadonly');
    const { secret } = await totpEnrol(door, 'ticket@basalt.local');
    const email = 'ticket@basalt.local';
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const elsewhere = await ticketOf(door, email, { headers: from('192.0.2.1') });
    expect(code(await verify(elsewhere, codeOf(secret), from('192.0.2.2')))).toBe('notSignedIn');
    expect((await verify(elsewhere, codeOf(secret), from('192.0.2.1'))).status).toBe(200);
    await stepForget(door, email);
    expect(code(await verify(elsewhere, codeOf(secret), from('192.0.2.1')))).toBe('notSignedIn');

    const late = await ticketOf(door, email);
    await door.gateway.parts.db.execute(`update sign_in_ticket set expires_at = now()`);
    expect(code(await verify(late, codeOf(secret)))).toBe('notSignedIn');
    expect(code(await verify('A'.repeat(43), codeOf(secret)))).toBe('notSignedIn');

    const worn = await ticketOf(door, email);
    await door.gateway.parts.db.execute(`update sign_in_ticket set tries = 5`);
    expect(code(await verify(worn, codeOf(secret)))).toBe('notSignedIn');
  });

  it('[IAM-13] a ticket from before a change of the password, or of a frozen account, is none', async () => {
    await door.accountAdd('meanwhile@basalt.local', 'systemReadonly');
    const { secret } = await totpEnrol(door, 'meanwhile@basalt.local');
    const before = await ticketOf(door, 'meanwhile@basalt.local');
    const set = (what: string) =>
      door.gateway.parts.db.execute(`update account set ${what} where email = 'meanwhile@basalt.local'`);
    await set(`password_changed_at = now() + interval '1 second'`);
    expect(code(await verify(before, codeOf(secret)))).toBe('notSignedIn');
    await set(`password_changed_at = now() - interval '1 day', frozen = true`);
    expect(code(await verify(before, codeOf(secret)))).toBe('notSignedIn');
  });

  it('[IAM-09] wrong codes lock like wrong passwords, and the right password does not forget them', async () => {
    await door.accountAdd('guess@basalt.local', 'systemReadonly');
    const { secret } = await totpEnrol(door, 'guess@basalt.local');
    for (let i = 0; i < 5; i += 1)
      expect(code(await verify(await ticketOf(door, 'guess@basalt.local'), wrongCode(secret)))).toBe('codeInvalid');
    expect(code(await signInTry(door, 'guess@basalt.local', PASSWORD))).toBe('accountLocked');
    const log = await logOf(door, 'guess@basalt.local');
    expect(log.map(({ operation, error }) => `${operation} ${error}`).slice(-7)).toEqual([
      ...Array<string>(4).fill('session.verifyTotp codeInvalid'),
      'session.lockOut accountLocked',
      'session.verifyTotp codeInvalid',
      'session.signInFailed accountLocked',
    ]);
    expect(JSON.stringify(log)).not.toContain(secret);
  });
});

describe('turning it off', () => {
  it('[IAM-13] takes the password and a code that was not used, and mails a notice', async () => {
    await door.accountAdd('off@basalt.local', 'systemReadonly');
    const { secret, recoveryCodes } = await totpEnrol(door, 'off@basalt.local');
    const { cookie } = await verify(await ticketOf(door, 'off@basalt.local'), codeOf(secret));
    const disable = (password: string, given: string) =>
      rest(door, 'POST', '/my-account/totp/actions/disable', { cookie, body: { password, code: given } });
    expect(code(await disable('Wrong-One-1', recoveryCodes[0] ?? ''))).toBe('wrongCredentials');
    expect(code(await disable(PASSWORD, codeOf(secret)))).toBe('codeInvalid');
    expect((await disable(PASSWORD, recoveryCodes[0] ?? '')).status).toBe(200);
    expect((await signInTry(door, 'off@basalt.local', PASSWORD)).body).toMatchObject({ step: 'done' });
    expect((await mailsTo(door, 'off@basalt.local')).at(-1)?.subject).toBe('双因子验证已关闭');
    const off = await inBoth((headers) =>
      rest(door, 'POST', '/my-account/totp/actions/disable', {
        cookie: plain(cookie),
        headers,
        body: { password: PASSWORD, code: '000000' },
      }),
    );
    expect(off).toMatchObject({ code: 'actionRefused', zh: '双因子验证未开启', en: 'Two-factor sign-in is off' });
  });

  it('[TASK-02] asked twice with one token answers twice the same, though its code is used', async () => {
    await door.accountAdd('again@basalt.local', 'systemReadonly');
    const { recoveryCodes } = await totpEnrol(door, 'again@basalt.local');
    const [one = '', two = ''] = recoveryCodes;
    const { cookie } = await verify(await ticketOf(door, 'again@basalt.local'), one);
    const body = { password: PASSWORD, code: two, requestToken: '0193a5b0-0000-7000-8000-000000000001' };
    const ask = () => rest(door, 'POST', '/my-account/totp/actions/disable', { cookie, body });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
  });
});
