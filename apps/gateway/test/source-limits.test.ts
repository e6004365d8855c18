import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { code, doorOpen, PASSWORD, postgresOpen, rest, signInTry, type Door } from './harness.ts';
import { inBoth, limitsSet, logOf, plain } from './sign-in-kit.ts';

let postgres: TestPostgres;
let door: Door;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres, { env: { trustedProxies: ['127.0.0.1', '198.51.100.0/24'] } });
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const tryFrom = async (email: string, address: string) => {
  const answer = await signInTry(door, email, PASSWORD, from(address));
  return answer.status === 200 ? 'ok' : code(answer);
};

describe('signing in', () => {
  it('[IAM-12] works from addresses of the list only: IPv4, IPv6 and IPv4 mapped into IPv6', async () => {
    await door.accountAdd('here@basalt.local', 'systemReadonly');
    await limitsSet(door, 'here@basalt.local', { sources: ['10.1.0.0/16', '192.0.2.7', '2001:db8:1::/48'] });
    const tried = async (...addresses: string[]) => {
      const found: Record<string, unknown> = {};
      for (const address of addresses) found[address] = await tryFrom('here@basalt.local', address);
      return found;
    };
    expect(
      await tried('10.1.255.1', '192.0.2.7', '::ffff:10.1.0.1', '::ffff:a01:1', '2001:db8:1:ffff::1', '2001:DB8:1::'),
    ).toEqual({
      '10.1.255.1': 'ok',
      '192.0.2.7': 'ok',
      '::ffff:10.1.0.1': 'ok',
      '::ffff:a01:1': 'ok',
      '2001:db8:1:ffff::1': 'ok',
      '2001:DB8:1::': 'ok',
    });
    expect(await tried('10.2.0.1', '192.0.2.8', '::ffff:10.2.0.1', '2001:db8:2::1', '::10.1.0.1')).toEqual({
      '10.2.0.1': 'sourceRefused',
      '192.0.2.8': 'sourceRefused',
      '::ffff:10.2.0.1': 'sourceRefused',
      '2001:db8:2::1': 'sourceRefused',
      '::10.1.0.1': 'sourceRefused',
    });
  });

  it('[IAM-12] from elsewhere is told in both languages, to whoever has the password only, and logged', async () => {
    await door.accountAdd('away@basalt.local', 'systemReadonly');
    await limitsSet(door, 'away@basalt.local', { sources: ['10.1.0.0/16'] });
    const told = await inBoth((headers) =>
      signInTry(door, 'away@basalt.local', PASSWORD, { headers: { ...headers, 'x-forwarded-for': '203.0.113.9' } }),
    );
    expect(told).toEqual({
      code: 'sourceRefused',
      status: 403,
      zh: '该账号不允许从 203.0.113.9 访问',
      en: 'This account may not be used from 203.0.113.9',
    });
    expect(code(await signInTry(door, 'away@basalt.local', 'Wrong-One-1', from('203.0.113.9')))).toBe(
      'wrongCredentials',
    );
    const log = await logOf(door, 'away@basalt.local');
    expect(log[0]).toMatchObject({
      operation: 'session.denySource',
      result: 'failed',
      error: 'sourceRefused',
      address: '203.0.113.9',
    });
    // the password was right: it is no guess, and locks nothing
    for (let i = 0; i < 6; i += 1) expect(await tryFrom('away@basalt.local', '203.0.113.9')).toBe('sourceRefused');
    expect(await tryFrom('away@basalt.local', '10.1.0.1')).toBe('ok');
  });

  it('[IAM-12] outside the hours is refused in both languages', async () => {
    await door.accountAdd('hours@basalt.local', 'systemReadonly');
    const today = ((new Date().getUTCDay() + 6) % 7) + 1;
    const other = (today % 7) + 1;
    await limitsSet(door, 'hours@basalt.local', { hours: [{ day: other, from: '12:00', to: '12:01' }] });
    const told = await inBoth((headers) => signInTry(door, 'hours@basalt.local', PASSWORD, { headers }));
    expect(told).toEqual({
      code: 'hoursRefused',
      status: 403,
      zh: '该账号当前时段不允许访问',
      en: 'This account may not be used at this hour',
    });
  });
});

describe('a session', () => {
  it('[IAM-12] is refused from the moment that its address or hour is not allowed, and goes on when it is again', async () => {
    await door.accountAdd('moved@basalt.local', 'systemAdmin');
    const { cookie } = await signInTry(door, 'moved@basalt.local', PASSWORD, from('10.1.0.1'));
    const ask = (address: string, path = '/session', headers = {}) =>
      rest(door, 'GET', path, { cookie: plain(cookie), headers: { 'x-forwarded-for': address, ...headers } });
    expect((await ask('203.0.113.9')).status).toBe(200);
    await limitsSet(door, 'moved@basalt.local', { sources: ['10.1.0.0/16'] });
    door.gateway.parts.sessions.forgetAccount(null);
    expect(await inBoth((headers) => ask('203.0.113.9', '/session', headers))).toEqual({
      code: 'sourceRefused',
      status: 403,
      zh: '该账号不允许从 203.0.113.9 访问',
      en: 'This account may not be used from 203.0.113.9',
    });
    expect(code(await ask('203.0.113.9', '/regions/region-1/vms'))).toBe('sourceRefused');
    const trpc = await rest(door, 'POST', '/regions/region-1/networks', { cookie, body: {}, ...from('203.0.113.9') });
    expect(code(trpc)).toBe('sourceRefused');
    expect((await ask('10.1.2.3')).status).toBe(200);
    const denied = (await logOf(door, 'moved@basalt.local')).filter((each) => each.operation === 'session.denySource');
    expect(denied).toHaveLength(1);

    const day = ((new Date().getUTCDay() + 2) % 7) + 1;
    await limitsSet(door, 'moved@basalt.local', { hours: [{ day, from: '12:00', to: '12:01' }] });
    door.gateway.parts.sessions.forgetAccount(null);
    expect(code(await ask('10.1.2.3'))).toBe('hoursRefused');
    await limitsSet(door, 'moved@basalt.local', {});
    door.gateway.parts.sessions.forgetAccount(null);
    expect((await ask('203.0.113.9')).status).toBe(200);
  });

  it('[IAM-12] its event stream ends when its address is no longer allowed', async () => {
    await door.accountAdd('stream@basalt.local', 'systemAdmin');
    const { cookie } = await signInTry(door, 'stream@basalt.local', PASSWORD);
    const stream = await fetch(`${door.url}/api/v1/regions/region-1/events`, {
      headers: { cookie, accept: 'text/event-stream', origin: door.url },
      signal: AbortSignal.timeout(10_000),
    });
    expect(stream.status).toBe(200);
    await limitsSet(door, 'stream@basalt.local', { sources: ['10.1.0.0/16'] });
    door.gateway.parts.sessions.forgetAccount(null);
    const reader = stream.body?.getReader();
    let done = false;
    while (!done) done = (await reader?.read())?.done ?? true;
    expect(done).toBe(true);
  });
});

describe('the client’s address', () => {
  it('[IAM-12] is the last that no trusted proxy added; what a client writes before it does not count', async () => {
    await door.accountAdd('hops@basalt.local', 'systemReadonly');
    await limitsSet(door, 'hops@basalt.local', { sources: ['192.0.2.1'] });
    expect(await tryFrom('hops@basalt.local', '192.0.2.1, 198.51.100.7')).toBe('ok');
    expect(await tryFrom('hops@basalt.local', '192.0.2.1, 203.0.113.9')).toBe('sourceRefused');
    expect(await tryFrom('hops@basalt.local', '192.0.2.1, 203.0.113.9, 198.51.100.7')).toBe('sourceRefused');
    expect(await tryFrom('hops@basalt.local', 'nonsense')).toBe('sourceRefused');
  });

  it('[IAM-12] is the peer’s where no proxy is trusted, whatever a header says', async () => {
    const own = await doorOpen(postgres);
    try {
      await own.accountAdd('peer@basalt.local', 'systemReadonly');
      await limitsSet(own, 'peer@basalt.local', { sources: ['192.0.2.1'] });
      const answer = await signInTry(own, 'peer@basalt.local', PASSWORD, from('192.0.2.1'));
      expect(answer.body).toMatchObject({ code: 'sourceRefused', params: { address: '127.0.0.1' } });
    } finally {
      await own.close();
    }
  });
});

describe('limits that would shut somebody out', () => {
  const noon = (): { day: number; from: string; to: string }[] => [
    { day: ((new Date().getUTCDay() + 2) % 7) + 1, from: '12:00', to: '12:01' },
  ];
  const limits = (over: object): object => ({ limits: { sources: [], hours: [], timeZone: 'UTC', ...over } });

  it('[IAM-12] cannot be set for oneself: the address and the moment of the request must be among them', async () => {
    await door.accountAdd('self@basalt.local', 'systemAdmin');
    const { cookie, body } = await signInTry(door, 'self@basalt.local', PASSWORD, from('10.1.0.1'));
    const { account } = body['session'] as { account: { id: string } };
    const path = `/accounts/${account.id}/limits`;
    const set = (over: object, headers = {}) =>
      rest(door, 'PUT', path, {
        cookie: plain(cookie),
        body: limits(over),
        headers: { 'x-forwarded-for': '10.1.0.1', ...headers },
      });
    const elsewhere = { sources: ['192.0.2.0/24'] };
    expect(await inBoth((headers) => set(elsewhere, headers))).toMatchObject({
      code: 'invalidInput',
      status: 400,
      zh: expect.stringContaining('须包含您当前的来源地址 10.1.0.1'),
      en: expect.stringContaining('your own address, 10.1.0.1'),
    });
    expect((await set(elsewhere)).body).toMatchObject({ field: 'limits.sources' });
    expect((await set({ hours: noon() })).body).toMatchObject({ code: 'invalidInput', field: 'limits.hours' });
    expect((await set({ sources: ['192.0.2.0/24', '10.1.0.0/16'] })).status).toBe(200);
    expect((await rest(door, 'GET', '/session', { cookie: plain(cookie), ...from('10.1.0.1') })).status).toBe(200);
  });

  it('[IAM-12] cannot be set for the last administrator by somebody else', async () => {
    const own = await doorOpen(postgres);
    try {
      await own.accountAdd('only@basalt.local', 'systemAdmin');
      const cookie = await own.signIn('only@basalt.local');
      const { body: role } = await rest(own, 'POST', '/roles', {
        cookie,
        body: { name: 'keeps accounts', level: 'system', permissions: ['account:read', 'account:update'] },
      });
      const { body: made } = await rest(own, 'POST', '/accounts', {
        cookie,
        body: {
          email: 'helper@basalt.local',
          name: 'helper',
          level: 'system',
          bindings: [{ role: role['id'] }],
          password: PASSWORD,
          mustChangePassword: false,
        },
      });
      expect(made).toHaveProperty('account.id');
      const { account: only } = (await rest(own, 'GET', '/session', { cookie })).body as { account: { id: string } };
      const helper = await own.signIn('helper@basalt.local');
      const set = (over: object) =>
        rest(own, 'PUT', `/accounts/${only.id}/limits`, { cookie: helper, body: limits(over) });
      for (const over of [{ sources: ['192.0.2.1'] }, { hours: noon() }])
        expect(code(await set(over))).toBe('lastAdministrator');
      await own.accountAdd('another@basalt.local', 'systemAdmin');
      expect((await set({ sources: ['192.0.2.1'] })).status).toBe(200);
      expect(code(await rest(own, 'GET', '/session', { cookie }))).toBe('sourceRefused');
      expect((await set({})).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});
