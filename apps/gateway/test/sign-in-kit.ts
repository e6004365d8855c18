/** What the tests of signing in share: both languages, the log, mails, the policy, codes. */
import { Secret, TOTP } from 'otpauth';
import { expect } from 'vitest';
import { loginPolicy, type LoginPolicyValues, type SourceLimits } from '@basalt/contract';
import { PASSWORD, rest, signInTry, type Answer, type Asked, type Door } from './harness.ts';

/** One question asked in both languages; its answers must be of one code. */
export async function inBoth(
  ask: (headers: Readonly<Record<string, string>>) => Promise<Answer>,
): Promise<{ code: unknown; status: number; zh: unknown; en: unknown }> {
  const zh = await ask({ 'accept-language': 'zh' });
  const en = await ask({ 'accept-language': 'en' });
  expect([en.status, en.body['code']]).toEqual([zh.status, zh.body['code']]);
  return { code: zh.body['code'], status: zh.status, zh: zh.body['message'], en: en.body['message'] };
}

/** The session of a cookie header without the language that the browser keeps. */
export const plain = (cookie: string): string => cookie.split('; ')[0] ?? '';

export interface Logged extends Record<string, unknown> {
  readonly operation: string;
  readonly result: string;
  readonly error: string | null;
  readonly account_name: string;
  readonly address: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Entries of the log about one account, oldest first; by its name or the address of sign-in. */
export async function logOf(door: Door, name: string): Promise<Logged[]> {
  const { rows } = await door.gateway.parts.db.execute<Logged>(
    `select operation, result, error, account_name, address, detail from operation_log where account_name = '${name}' order by sequence`,
  );
  return rows;
}

/** Changes some values of the sign-in policy as an administrator does. */
export async function policyChange(
  door: Pick<Door, 'url'>,
  cookie: string,
  patch: { readonly [G in keyof LoginPolicyValues]?: Partial<LoginPolicyValues[G]> },
): Promise<Answer> {
  const { body } = await rest(door, 'GET', '/login-policy', { cookie });
  const { password, lockout, session, passwordReset, apiKeysPerAccount, version } = loginPolicy.parse(body);
  return rest(door, 'PUT', '/login-policy', {
    cookie,
    body: {
      version,
      password: { ...password, ...patch.password },
      lockout: { ...lockout, ...patch.lockout },
      session: { ...session, ...patch.session },
      passwordReset: { ...passwordReset, ...patch.passwordReset },
      apiKeysPerAccount: patch.apiKeysPerAccount ?? apiKeysPerAccount,
    },
  });
}

/** Sets up mail towards nowhere: mails wait. */
export async function mailOn(door: Door): Promise<void> {
  const value = {
    enabled: true,
    host: '127.0.0.1',
    port: 1,
    security: 'none',
    user: '',
    sender: 'basalt@basalt.local',
    subjectPrefix: '',
    ca: '',
    password: null,
  };
  await door.gateway.parts.db.execute(
    `insert into setting (key, value, version, updated_at, updated_by) values ('mail', '${JSON.stringify(value)}', 1, now(), 'test')`,
  );
}

export interface Waiting {
  readonly subject: string;
  readonly text: string;
  /** Token of the link in it. */
  readonly token: string;
  readonly link: string;
}

/** Mails to one address, oldest first. */
export async function mailsTo(door: Door, to: string): Promise<Waiting[]> {
  const { db, seal } = door.gateway.parts;
  const { rows } = await db.execute<{ subject: string; text: string }>(
    `select subject, text from mail_outbox where "to" = '${to}' order by id`,
  );
  return rows.map(({ subject, text: sealed }) => {
    const text = seal.unseal(sealed);
    const link = /https?:\S+/u.exec(text)?.[0] ?? '';
    return { subject, text, link, token: link.split('#token=')[1] ?? '' };
  });
}

export const limitsSet = (door: Door, email: string, limits: Partial<SourceLimits>): Promise<unknown> =>
  door.gateway.parts.db.execute(
    `update account set sources = '{${(limits.sources ?? []).map((one) => `"${one}"`).join(',')}}', hours = '${JSON.stringify(limits.hours ?? [])}', time_zone = '${limits.timeZone ?? 'UTC'}' where email = '${email}'`,
  );

/** The code of an app for a step of time; `offset` steps from now. */
export const codeOf = (secret: string, offset = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 }).generate({
    timestamp: Date.now() + offset * 30_000,
  });

/** Turns two-factor sign-in on; forgets that its first code was used, so that a test need not wait for the next. */
export async function totpEnrol(door: Door, email: string): Promise<{ secret: string; recoveryCodes: string[] }> {
  const cookie = await door.signIn(email);
  const prepared = await rest(door, 'POST', '/my-account/totp/prepare', { cookie, body: { password: PASSWORD } });
  const secret = String(prepared.body['secret']);
  const enabled = await rest(door, 'POST', '/my-account/totp', { cookie, body: { code: codeOf(secret) } });
  expect(enabled.status).toBe(200);
  await stepForget(door, email);
  return { secret, recoveryCodes: enabled.body['recoveryCodes'] as string[] };
}

export const stepForget = (door: Door, email: string): Promise<unknown> =>
  door.gateway.parts.db.execute(`update account set totp_last_step = null where email = '${email}'`);

/** The first step of an account with two-factor sign-in. */
export async function ticketOf(door: Door, email: string, asked: Omit<Asked, 'body'> = {}): Promise<string> {
  const answer = await signInTry(door, email, PASSWORD, asked);
  expect(answer.body).toMatchObject({ step: 'totp' });
  return String(answer.body['ticket']);
}
