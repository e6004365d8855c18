import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { code, doorOpen, PASSWORD, postgresOpen, rest, signInTry, type Door } from './harness.ts';
import { inBoth, logOf, mailOn, mailsTo, plain, policyChange, totpEnrol } from './sign-in-kit.ts';

let postgres: TestPostgres;
let door: Door;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await mailOn(door);
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const ask = (email: string, headers = {}) =>
  rest(door, 'POST', '/session/password-reset', { headers, body: { email } });
const complete = (token: string, password: string, headers = {}) =>
  rest(door, 'POST', '/session/password-reset/complete', { headers, body: { token, password } });
/** What was mailed to an address when everything that was asked for is done. */
async function mailed(email: string) {
  await door.gateway.parts.afterAnswer.settled();
  return mailsTo(door, email);
}
async function linkOf(email: string): Promise<string> {
  expect((await ask(email)).status).toBe(200);
  return (await mailed(email)).at(-1)?.token ?? '';
}
const linkInvalid = {
  code: 'linkInvalid',
  status: 403,
  zh: '链接无效、已使用或已过期',
  en: 'The link is invalid, used or expired',
};

describe('a forgotten password', () => {
  it('[IAM-14] is set anew by a link that works once; sessions, other links and the lock end', async () => {
    const email = 'forgot@basalt.local';
    await door.accountAdd(email, 'systemReadonly', { mustChange: true });
    const cookie = await door.signIn(email);
    for (let i = 0; i < 5; i += 1) await signInTry(door, email, 'Wrong-One-1');
    expect(code(await signInTry(door, email, PASSWORD))).toBe('accountLocked');
    const [other, token] = [await linkOf(email), await linkOf(email)];
    const [mail] = (await mailed(email)).slice(-1);
    expect(mail?.link).toBe(`${door.url}/reset-password#token=${token}`);
    expect(mail?.subject).toBe('重设登录密码');
    expect((await complete(token, 'Brand-New-1')).body).toEqual({});
    const done = await signInTry(door, email, 'Brand-New-1');
    expect(done.body).toMatchObject({ step: 'done', session: { mustChangePassword: false } });
    expect(await inBoth((headers) => rest(door, 'GET', '/session', { cookie: plain(cookie), headers }))).toMatchObject({
      code: 'sessionEnded',
      zh: '登录已失效：密码已修改',
    });
    for (const used of [token, other])
      expect(await inBoth((headers) => complete(used, 'Another-New-2', headers))).toEqual(linkInvalid);
    expect((await mailed(email)).at(-1)).toMatchObject({ subject: '登录密码已重设', token: '' });
    const log = (await logOf(door, email)).filter(({ operation }) => /Password(Reset)?$/u.test(operation));
    expect(log.map(({ operation, detail }) => [operation, detail])).toEqual(
      expect.arrayContaining([
        ['session.requestPasswordReset', { email, mailed: true }],
        ['session.resetPassword', { sessionsEnded: 1 }],
      ]),
    );
    const { rows } = await door.gateway.parts.db.execute(
      `select (select json_agg(l)::text from account_link l) || (select json_agg(o)::text from operation_log o) || (select json_agg(m)::text from mail_outbox m) as all`,
    );
    for (const secret of [token, other, 'Brand-New-1']) expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('[IAM-14] by a link that is none, or that is refused, is written down with its address, as often as the door lets it', async () => {
    const own = await doorOpen(postgres, { settings: { rate: { ...door.settings.rate, signInPerMinute: 3 } } });
    try {
      await mailOn(own);
      const email = 'refused@basalt.local';
      await own.accountAdd(email, 'systemReadonly');
      const tried = async (path: string, body: object) => code(await rest(own, 'POST', path, { body }));
      const reset = '/session/password-reset/complete';
      expect(await tried(reset, { token: 'A'.repeat(43), password: 'Brand-New-1' })).toBe('linkInvalid');
      await rest(own, 'POST', '/session/password-reset', { body: { email } });
      await own.gateway.parts.afterAnswer.settled();
      const token = (await mailsTo(own, email)).at(-1)?.token ?? '';
      expect(await tried(reset, { token, password: 'short' })).toBe('passwordPolicy');
      expect(await tried('/session/confirm-email', { token: 'B'.repeat(43) })).toBe('linkInvalid');
      for (let i = 0; i < 3; i += 1)
        expect(await tried(reset, { token: 'C'.repeat(43), password: 'Brand-New-1' })).toBe('tooManyRequests');
      const { rows } = await own.gateway.parts.db.execute(
        `select operation, account_name, account_id is null as unknown, address, error, detail from operation_log where result = 'failed' order by sequence`,
      );
      const from = { address: '127.0.0.1', detail: {} };
      expect(rows).toEqual([
        { operation: 'session.resetPassword', account_name: '', unknown: true, error: 'linkInvalid', ...from },
        { operation: 'session.resetPassword', account_name: email, unknown: false, error: 'passwordPolicy', ...from },
        { operation: 'myAccount.changeEmail', account_name: '', unknown: true, error: 'linkInvalid', ...from },
      ]);
    } finally {
      await own.close();
    }
  });

  it('[IAM-14] is answered alike for accounts that do not exist or are frozen, which get no mail', async () => {
    for (const email of ['known@basalt.local', 'frozen@basalt.local']) await door.accountAdd(email, 'systemReadonly');
    await door.gateway.parts.db.execute(`update account set frozen = true where email = 'frozen@basalt.local'`);
    const said = async (email: string) => {
      const { status, body, headers } = await ask(email);
      return { status, body, names: [...headers.keys()].toSorted() };
    };
    const known = await said('known@basalt.local');
    expect(known).toMatchObject({ status: 200, body: { minutes: 30 } });
    for (const email of ['unknown@basalt.local', 'frozen@basalt.local']) expect(await said(email)).toEqual(known);
    expect(await mailed('known@basalt.local')).toHaveLength(1);
    for (const email of ['unknown@basalt.local', 'frozen@basalt.local']) expect(await mailed(email)).toEqual([]);
    expect(await logOf(door, 'unknown@basalt.local')).toMatchObject([
      { operation: 'session.requestPasswordReset', result: 'succeeded', detail: { mailed: false } },
    ]);
  });

  it('[IAM-14] is answered before anybody looks whether there is such an account', async () => {
    await door.accountAdd('held@basalt.local', 'systemReadonly');
    await door.gateway.parts.db.transaction(async (tx) => {
      await tx.execute('lock table account in access exclusive mode');
      for (const email of ['held@basalt.local', 'nobody-at-all@basalt.local'])
        expect((await ask(email)).status).toBe(200);
      expect(await mailsTo(door, 'held@basalt.local')).toEqual([]);
    });
    expect(await mailed('held@basalt.local')).toHaveLength(1);
  });

  it('[IAM-14] mails an account three links an hour at most, and says so to nobody', async () => {
    await door.accountAdd('often@basalt.local', 'systemReadonly');
    const answers = [];
    for (let i = 0; i < 6; i += 1) answers.push((await ask('often@basalt.local')).status);
    expect(answers).toEqual(Array(6).fill(200));
    expect(await mailed('often@basalt.local')).toHaveLength(3);
  });

  it('[IAM-14] one address that asks too often must wait', async () => {
    const { rate } = door.settings;
    const own = await doorOpen(postgres, { settings: { rate: { ...rate, mailPerHour: 2 } } });
    try {
      await mailOn(own);
      const asked = () => rest(own, 'POST', '/session/password-reset', { body: { email: 'x@basalt.local' } });
      expect([code(await asked()), code(await asked()), code(await asked())]).toEqual([
        undefined,
        undefined,
        'tooManyRequests',
      ]);
    } finally {
      await own.close();
    }
  });

  it('[IAM-14] a link is good for as long as the policy says', async () => {
    await door.accountAdd('admin@basalt.local', 'systemAdmin');
    await door.accountAdd('late@basalt.local', 'systemReadonly');
    await policyChange(door, await door.signIn('admin@basalt.local'), { passwordReset: { linkMinutes: 5 } });
    expect((await ask('late@basalt.local')).body).toEqual({ minutes: 5 });
    const token = (await mailed('late@basalt.local')).at(-1)?.token ?? '';
    const { rows } = await door.gateway.parts.db.execute(
      `select extract(epoch from expires_at - now())::int as s from account_link order by created_at desc limit 1`,
    );
    expect(rows[0]?.['s']).toBeGreaterThan(280);
    expect(rows[0]?.['s']).toBeLessThanOrEqual(300);
    await door.gateway.parts.db.execute(`update account_link set expires_at = now()`);
    expect(await inBoth((headers) => complete(token, 'Brand-New-1', headers))).toEqual(linkInvalid);
    expect(await inBoth((headers) => complete('A'.repeat(43), 'Brand-New-1', headers))).toEqual(linkInvalid);
  });

  it('[IAM-14] a refused password does not use the link up; two at the same moment use it once', async () => {
    await door.accountAdd('picky@basalt.local', 'systemReadonly');
    const token = await linkOf('picky@basalt.local');
    expect(await inBoth((headers) => complete(token, 'short', headers))).toMatchObject({
      code: 'passwordPolicy',
      zh: '密码不符合要求：长度应为 8–30 个字符',
      en: 'The password does not meet the policy: 8–30 characters',
    });
    expect(await inBoth((headers) => complete(token, PASSWORD, headers))).toMatchObject({
      code: 'passwordPolicy',
      zh: '密码不符合要求：不能与当前密码相同',
      en: 'The password does not meet the policy: it must differ from the present one',
    });
    const answers = await Promise.all([1, 2, 3].map((n) => complete(token, `Brand-New-${n}`)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403, 403]);
  });

  it('[IAM-13] leaves the second factor on', async () => {
    await door.accountAdd('both@basalt.local', 'systemReadonly');
    await totpEnrol(door, 'both@basalt.local');
    expect((await complete(await linkOf('both@basalt.local'), 'Brand-New-1')).status).toBe(200);
    expect((await signInTry(door, 'both@basalt.local', 'Brand-New-1')).body).toMatchObject({ step: 'totp' });
  });

  it('[IAM-14] is not offered where mail is not set up', async () => {
    expect((await rest(door, 'GET', '/platform')).body['passwordReset']).toBe(true);
    const own = await doorOpen(postgres);
    try {
      expect((await rest(own, 'GET', '/platform')).body['passwordReset']).toBe(false);
      const asked = (headers: object) =>
        rest(own, 'POST', '/session/password-reset', { headers: { ...headers }, body: { email: 'x@basalt.local' } });
      expect(await inBoth(asked)).toEqual({
        code: 'mailOff',
        status: 409,
        zh: '尚未配置邮箱',
        en: 'Mail is not set up',
      });
    } finally {
      await own.close();
    }
  });
});

describe('the own e-mail address', () => {
  const change = (cookie: string, email: string, password = PASSWORD, headers = {}) =>
    rest(door, 'POST', '/my-account/email', { cookie, headers, body: { email, password } });
  const confirm = (token: string, headers = {}) =>
    rest(door, 'POST', '/session/confirm-email', { headers, body: { token } });

  it('[IAM-14] changes when the new address confirms it; the old one is told, and its links end', async () => {
    await door.accountAdd('before@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('before@basalt.local');
    const reset = await linkOf('before@basalt.local');
    expect(code(await change(cookie, 'after@basalt.local', 'Wrong-One-1'))).toBe('wrongCredentials');
    const asked = await change(cookie, 'After@Basalt.local');
    expect(asked.body).toEqual({ sentTo: 'after@basalt.local', expiresAt: expect.stringMatching(/Z$/u) });
    const get = async () => (await rest(door, 'GET', '/my-account', { cookie })).body;
    expect(await get()).toMatchObject({ email: 'before@basalt.local', pendingEmail: 'after@basalt.local' });
    expect((await mailed('before@basalt.local')).at(-1)?.subject).toBe('正在修改登录邮箱');
    const [mail] = await mailed('after@basalt.local');
    expect(mail?.link).toBe(`${door.url}/confirm-email#token=${mail?.token}`);
    expect((await confirm(mail?.token ?? '')).body).toEqual({ email: 'after@basalt.local' });
    expect(await get()).toMatchObject({ email: 'after@basalt.local', pendingEmail: null });
    expect((await rest(door, 'GET', '/session', { cookie })).body).toMatchObject({
      account: { email: 'after@basalt.local' },
    });
    expect((await mailed('before@basalt.local')).at(-1)?.subject).toBe('登录邮箱已修改');
    expect(code(await complete(reset, 'Brand-New-1'))).toBe('linkInvalid');
    expect(code(await signInTry(door, 'before@basalt.local', PASSWORD))).toBe('wrongCredentials');
    expect((await signInTry(door, 'after@basalt.local', PASSWORD)).status).toBe(200);
    expect(await inBoth((headers) => confirm(mail?.token ?? '', headers))).toEqual(linkInvalid);
    const log = (await logOf(door, 'before@basalt.local')).filter(
      ({ operation, result }) => operation === 'myAccount.changeEmail' && result === 'succeeded',
    );
    expect(log.map(({ detail }) => detail)).toEqual([
      { asked: 'after@basalt.local' },
      { email: { from: 'before@basalt.local', to: 'after@basalt.local' } },
    ]);
  });

  it('[IAM-14] of another account is not told to whoever asks for it, but to that account', async () => {
    await door.accountAdd('curious@basalt.local', 'systemReadonly');
    await door.accountAdd('owner@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('curious@basalt.local');
    expect((await change(cookie, 'owner@basalt.local')).body).toMatchObject({ sentTo: 'owner@basalt.local' });
    expect(await mailed('owner@basalt.local')).toMatchObject([{ subject: '此邮箱已有账号', token: '' }]);
  });

  it('[IAM-14] that another account has got meanwhile is not taken; asking again voids the link of before', async () => {
    await door.accountAdd('slow@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('slow@basalt.local');
    await change(cookie, 'first@basalt.local');
    await change(cookie, 'wanted@basalt.local');
    const [old] = await mailed('first@basalt.local');
    expect(code(await confirm(old?.token ?? ''))).toBe('linkInvalid');
    await door.accountAdd('wanted@basalt.local', 'systemReadonly');
    const [link] = await mailed('wanted@basalt.local');
    expect(await inBoth((headers) => confirm(link?.token ?? '', headers))).toMatchObject({
      code: 'nameTaken',
      zh: '名称 wanted@basalt.local 已被使用',
      en: 'The name wanted@basalt.local is already used',
    });
    expect(code(await change(cookie, 'slow@basalt.local'))).toBe('invalidInput');
  });
});
