import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import {
  challengeSolve,
  code,
  doorOpen,
  PASSWORD,
  postgresOpen,
  rest,
  signInTry,
  type Answer,
  type Door,
} from './harness.ts';
import { inBoth, logOf, policyChange } from './sign-in-kit.ts';

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

type Challenge = { token: string; bits: number };
const post = (email: string, password: string, challenge?: object, headers: Record<string, string> = {}) =>
  rest(door, 'POST', '/session', { headers, body: { email, password, ...(challenge ? { challenge } : {}) } });
const challengeIn = (answer: Answer): Challenge => answer.body['params'] as Challenge;
/** Wrong passwords until one is asked for work. */
async function challenged(email: string): Promise<Challenge> {
  for (let i = 0; i < 2; i += 1) expect(code(await post(email, 'Wrong-One-1'))).toBe('wrongCredentials');
  const answer = await post(email, PASSWORD);
  expect([answer.status, code(answer)]).toEqual([401, 'challengeRequired']);
  return challengeIn(answer);
}

describe('after two wrong passwords', () => {
  it('[IAM-09] work is asked for, also with the right password; done, it is let in', async () => {
    await door.accountAdd('work@basalt.local', 'systemReadonly');
    const challenge = await challenged('work@basalt.local');
    expect(challenge).toEqual({ token: expect.any(String), bits: 6 });
    expect(challenge.token.length).toBeLessThanOrEqual(512);
    expect((await post('work@basalt.local', PASSWORD, challengeSolve(challenge))).status).toBe(200);
    // and then nothing is remembered
    expect(code(await post('work@basalt.local', 'Wrong-One-1'))).toBe('wrongCredentials');
  });

  it('[IAM-09] the same is asked of an address that no account has, in both languages', async () => {
    await door.accountAdd('exists@basalt.local', 'systemReadonly');
    await challenged('exists@basalt.local');
    await challenged('nobody@basalt.local');
    const said = (email: string) => inBoth((headers) => post(email, 'Wrong-One-1', undefined, headers));
    expect(await said('nobody@basalt.local')).toEqual(await said('exists@basalt.local'));
    expect(await said('nobody@basalt.local')).toMatchObject({
      zh: '请先完成人机校验',
      en: 'Solve the challenge first',
    });
  });

  it('[IAM-09] an answer counts once, for one address, when it is right and in time', async () => {
    await door.accountAdd('one@basalt.local', 'systemReadonly');
    await door.accountAdd('other@basalt.local', 'systemReadonly');
    const [mine, others] = [await challenged('one@basalt.local'), await challenged('other@basalt.local')];
    const solved = challengeSolve(mine);
    const refused = async (challenge: object) =>
      expect(code(await post('one@basalt.local', 'Wrong-One-1', challenge))).toBe('challengeRequired');
    await refused(challengeSolve(others));
    await refused({ token: mine.token, answer: 'a'.repeat(64) });
    const changed = `${mine.token.slice(0, -1)}${mine.token.endsWith('A') ? 'B' : 'A'}`;
    await refused(challengeSolve({ token: changed, bits: mine.bits }));
    await refused(challengeSolve({ token: 'made up', bits: mine.bits }));
    expect(code(await post('one@basalt.local', 'Wrong-One-1', solved))).toBe('wrongCredentials');
    await refused(solved);
    const own = await doorOpen(postgres, { settings: { challenge: { after: 0, bits: 6, minutes: 0 } } });
    try {
      await own.accountAdd('late@basalt.local', 'systemReadonly');
      const late = await rest(own, 'POST', '/session', { body: { email: 'late@basalt.local', password: PASSWORD } });
      const answer = challengeSolve(challengeIn(late));
      const again = { email: 'late@basalt.local', password: PASSWORD, challenge: answer };
      expect(code(await rest(own, 'POST', '/session', { body: again }))).toBe('challengeRequired');
    } finally {
      await own.close();
    }
  });

  it('[IAM-09] asking for work is no try: it locks nobody out', async () => {
    await door.accountAdd('asked@basalt.local', 'systemReadonly');
    await challenged('asked@basalt.local');
    for (let i = 0; i < 10; i += 1)
      expect(code(await post('asked@basalt.local', 'Wrong-One-1'))).toBe('challengeRequired');
    expect((await signInTry(door, 'asked@basalt.local', PASSWORD)).status).toBe(200);
  });

  it('[IAM-09] tries at the same moment do not slip past it', async () => {
    await door.accountAdd('burst@basalt.local', 'systemReadonly');
    const answers = await Promise.all(Array.from({ length: 12 }, () => post('burst@basalt.local', 'Wrong-One-1')));
    const codes = answers.map(code);
    expect(codes.filter((one) => one === 'wrongCredentials')).toHaveLength(2);
    expect(codes.filter((one) => one === 'challengeRequired')).toHaveLength(10);
  });
});

describe('the lock', () => {
  const wrong = (email: string) => signInTry(door, email, 'Wrong-One-1');

  it('[IAM-09] is told alike in both languages, and by the log without the password', async () => {
    await door.accountAdd('lock@basalt.local', 'systemReadonly');
    for (let i = 0; i < 5; i += 1)
      for (const email of ['lock@basalt.local', 'none@basalt.local'])
        expect(code(await wrong(email))).toBe('wrongCredentials');
    const said = (email: string) => inBoth((headers) => signInTry(door, email, PASSWORD, { headers }));
    expect(await said('lock@basalt.local')).toEqual({
      code: 'accountLocked',
      status: 423,
      zh: '尝试次数过多，请于 15 分钟后再试',
      en: 'Too many tries; try again in 15 minutes',
    });
    expect(await said('none@basalt.local')).toEqual(await said('lock@basalt.local'));
    const log = await logOf(door, 'lock@basalt.local');
    expect(log.map(({ operation, error }) => `${operation} ${error}`)).toEqual([
      ...Array<string>(4).fill('session.signInFailed wrongCredentials'),
      'session.lockOut wrongCredentials',
      ...Array<string>(4).fill('session.signInFailed accountLocked'),
    ]);
    expect(JSON.stringify(log)).not.toContain('Wrong-One-1');
    expect(log[0]).toMatchObject({ address: '127.0.0.1', result: 'failed', detail: { email: 'lock@basalt.local' } });
  });

  it('[IAM-09] is not lengthened by tries while it lasts, and its end begins a new count', async () => {
    await door.accountAdd('wait@basalt.local', 'systemReadonly');
    for (let i = 0; i < 5; i += 1) await wrong('wait@basalt.local');
    const until = async () => {
      const { rows } = await door.gateway.parts.db.execute(
        `select locked_until from sign_in_guard where email = 'wait@basalt.local'`,
      );
      return JSON.stringify(rows);
    };
    const before = await until();
    expect(code(await wrong('wait@basalt.local'))).toBe('accountLocked');
    expect(await until()).toBe(before);
    await door.gateway.parts.db.execute(`update sign_in_guard set locked_until = now() - interval '1 second'`);
    expect(code(await post('wait@basalt.local', 'Wrong-One-1'))).toBe('wrongCredentials');
    expect((await post('wait@basalt.local', PASSWORD)).status).toBe(200);
  });

  it('[IAM-09] holds for the password asked for within a session too', async () => {
    await door.accountAdd('inside@basalt.local', 'systemReadonly');
    const cookie = await door.signIn('inside@basalt.local');
    const change = (current: string) =>
      rest(door, 'POST', '/session/password', { cookie, body: { current, password: 'Brand-New-1' } });
    for (let i = 0; i < 5; i += 1) expect(code(await change('Wrong-One-1'))).toBe('wrongCredentials');
    expect(code(await change(PASSWORD))).toBe('accountLocked');
    expect(code(await signInTry(door, 'inside@basalt.local', PASSWORD))).toBe('accountLocked');
    const log = await logOf(door, 'inside@basalt.local');
    expect(log.map(({ operation, error }) => `${operation} ${error}`)).toEqual(
      expect.arrayContaining(['myAccount.changePassword wrongCredentials', 'session.lockOut accountLocked']),
    );
  });

  it('[SET-05] is off when the policy says so, from the next request; another number holds too', async () => {
    const admin = await door.signIn('admin@basalt.local');
    await door.accountAdd('off@basalt.local', 'systemReadonly');
    for (let i = 0; i < 5; i += 1) await wrong('off@basalt.local');
    expect(code(await wrong('off@basalt.local'))).toBe('accountLocked');
    expect((await policyChange(door, admin, { lockout: { enabled: false } })).status).toBe(200);
    for (let i = 0; i < 12; i += 1) expect(code(await wrong('off@basalt.local'))).toBe('wrongCredentials');
    expect((await signInTry(door, 'off@basalt.local', PASSWORD)).status).toBe(200);
    await policyChange(door, admin, { lockout: { enabled: true, attempts: 3, minutes: 60 } });
    for (let i = 0; i < 3; i += 1) expect(code(await wrong('off@basalt.local'))).toBe('wrongCredentials');
    const locked = await signInTry(door, 'off@basalt.local', PASSWORD);
    expect(locked.body).toMatchObject({ code: 'accountLocked', params: { minutes: 60 } });
    await policyChange(door, admin, { lockout: { enabled: true, attempts: 5, minutes: 15 } });
  });
});

it('[IAM-21] the own account tells the last sign-in, and the wrong tries before it', async () => {
  await door.accountAdd('told@basalt.local', 'systemReadonly');
  const get = async (cookie: string) => (await rest(door, 'GET', '/my-account', { cookie })).body;
  expect((await get(await door.signIn('told@basalt.local')))['lastFailure']).toBeNull();
  for (let i = 0; i < 2; i += 1) await signInTry(door, 'told@basalt.local', 'Wrong-One-1');
  const told = await get(await door.signIn('told@basalt.local'));
  expect(told).toMatchObject({
    lastSignIn: { at: expect.stringMatching(/Z$/u), address: '127.0.0.1' },
    lastFailure: { at: expect.stringMatching(/Z$/u), address: '127.0.0.1', count: 2 },
  });
  await signInTry(door, 'told@basalt.local', 'Wrong-One-1');
  expect((await get(await door.signIn('told@basalt.local')))['lastFailure']).toMatchObject({ count: 1 });
});
