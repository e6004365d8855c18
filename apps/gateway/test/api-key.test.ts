import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { personOnly, procedures, type Procedure } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { code, doorOpen, postgresOpen, rest, send, type Answer, type Door } from './harness.ts';
import { keyCreate, rawSend, signature, signedFetch, type TestKey } from './signed.ts';

let postgres: TestPostgres;
let door: Door;
let cookie: string;
let key: TestKey;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  cookie = await door.signIn('admin@basalt.local');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await door.gateway.parts.db.execute('delete from api_key');
  key = await keyCreate(door, cookie);
});

const now = (): number => Math.floor(Date.now() / 1_000);
const reason = ({ body }: Answer): string => String(body['message']);
const whoami = '/session';
const english = { 'accept-language': 'en' };

describe('API keys', () => {
  it('[IAM-15] have a private key of 256 bits that is answered once and kept sealed', async () => {
    const made = await rest(door, 'POST', '/my-account/api-keys', { cookie, body: { name: 'backup' } });
    const { privateKey, key: shown } = made.body as { privateKey: string; key: Record<string, unknown> };
    expect(Buffer.from(privateKey, 'base64url')).toHaveLength(32);
    expect(shown).toMatchObject({ name: 'backup', enabled: true, permissions: null, lastUsed: null });
    const list = await rest(door, 'GET', '/my-account/api-keys', { cookie });
    expect(list.body).toMatchObject({ max: 10, items: [{ name: expect.any(String) }, { name: 'backup' }] });
    const all = await rest(door, 'GET', '/api-keys', { cookie });
    const { rows } = await door.gateway.parts.db.execute("select secret from api_key where name = 'backup'");
    const log = await door.gateway.parts.db.execute('select * from operation_log');
    for (const where of [list.body, all.body, rows, log.rows]) expect(JSON.stringify(where)).not.toContain(privateKey);
  });

  it('[IAM-15] repeat their answer, private key included, to the same idempotency token', async () => {
    const asked = { cookie, body: { name: 'twice', requestToken: '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a' } };
    const [one, two] = [
      await rest(door, 'POST', '/my-account/api-keys', asked),
      await rest(door, 'POST', '/my-account/api-keys', asked),
    ];
    expect(one.status).toBe(200);
    expect(two.body).toEqual(one.body);
  });

  it('[IAM-15] are unique by name within an account, and as many as the policy says', async () => {
    await rest(door, 'POST', '/my-account/api-keys', { cookie, body: { name: 'one' } });
    const again = await rest(door, 'POST', '/my-account/api-keys', { cookie, body: { name: 'one' } });
    expect(again).toMatchObject({ status: 409, body: { code: 'nameTaken', field: 'name' } });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        rest(door, 'POST', '/my-account/api-keys', { cookie, body: { name: `many-${i}` } }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(8);
    expect(answers.find(({ status }) => status !== 200)?.body).toMatchObject({
      code: 'limitReached',
      params: { max: 10 },
    });
  });

  it('[IAM-15] are named, disabled, enabled and deleted with effect at once', async () => {
    expect((await signedFetch(door, key, 'GET', whoami)).status).toBe(200);
    const change = (body: object) => rest(door, 'PATCH', `/my-account/api-keys/${key.id}`, { cookie, body });
    expect((await change({ name: 'renamed', enabled: false })).body).toMatchObject({ name: 'renamed', enabled: false });
    const off = await signedFetch(door, key, 'GET', whoami, undefined, { headers: english });
    expect([off.status, code(off)]).toEqual([401, 'signatureInvalid']);
    expect(reason(off)).toContain('disabled');
    await change({ enabled: true });
    expect((await signedFetch(door, key, 'GET', whoami)).status).toBe(200);
    expect((await rest(door, 'DELETE', `/my-account/api-keys/${key.id}`, { cookie })).status).toBe(200);
    expect((await signedFetch(door, key, 'GET', whoami)).status).toBe(401);
  });

  it('[IAM-15] tell when and from where they were last used', async () => {
    await signedFetch(door, key, 'GET', whoami);
    await expect
      .poll(async () => (await rest(door, 'GET', '/my-account/api-keys', { cookie })).body, { timeout: 5_000 })
      .toMatchObject({ items: [{ lastUsed: { address: '127.0.0.1' } }] });
  });

  it('[IAM-15] of other accounts an administrator sees, finds and disables; nobody else does', async () => {
    await door.accountAdd('keeper@basalt.local', 'regionAdmin', { regions: ['region-1'] });
    const theirs = await door.signIn('keeper@basalt.local');
    const other = await keyCreate(door, theirs, { name: 'ci' });
    const found = await rest(door, 'GET', '/api-keys?search=keeper&limit=1', { cookie });
    expect(found.body).toMatchObject({
      total: 1,
      items: [{ id: other.id, account: { email: 'keeper@basalt.local' } }],
    });
    expect(code(await rest(door, 'GET', '/api-keys', { cookie: theirs }))).toBe('permissionMissing');
    expect(
      code(await rest(door, 'PATCH', `/my-account/api-keys/${key.id}`, { cookie: theirs, body: { enabled: false } })),
    ).toBe('notFound');
    expect(
      (await rest(door, 'POST', `/api-keys/${other.id}/actions/disable`, { cookie, body: {} })).body,
    ).toMatchObject({ enabled: false });
    expect(code(await signedFetch(door, other, 'GET', whoami))).toBe('signatureInvalid');
    const pages = await rest(door, 'GET', '/api-keys?limit=1', { cookie });
    const next = await rest(door, 'GET', `/api-keys?limit=1&cursor=${String(pages.body['nextCursor'])}`, { cookie });
    expect(next.body['items']).not.toEqual(pages.body['items']);
  });

  it('[IAM-15] carry what their account may, narrowed to chosen permissions', async () => {
    const narrow = await keyCreate(door, cookie, { permissions: ['vm:read'] });
    expect((await signedFetch(door, narrow, 'GET', '/regions/region-1/vms')).status).toBe(200);
    expect(door.region.calls.at(-1)?.actor).toMatchObject({
      permissions: ['vm:read'],
      via: 'api',
      apiKeyId: narrow.id,
    });
    const hosts = await signedFetch(door, narrow, 'GET', '/regions/region-1/hosts');
    expect([hosts.status, code(hosts)]).toEqual([403, 'permissionMissing']);
    expect((await signedFetch(door, narrow, 'GET', whoami)).body).toMatchObject({ permissions: ['vm:read'] });
    const beyond = await door.signIn('keeper@basalt.local');
    const refused = await rest(door, 'POST', '/my-account/api-keys', {
      cookie: beyond,
      body: { name: 'x', permissions: ['vm:read', 'account:create'] },
    });
    expect(refused).toMatchObject({ status: 403, body: { code: 'grantExceeds', field: 'permissions' } });
  });

  it('[IAM-15] lose what their account loses, and show it still', async () => {
    const narrow = await keyCreate(door, cookie, { permissions: ['vm:read', 'account:read'] });
    const { db } = door.gateway.parts;
    await db.execute(
      "update role_binding set role = 'vmOperator' where account_id = (select id from account where email = 'admin@basalt.local')",
    );
    try {
      expect(code(await signedFetch(door, narrow, 'GET', '/accounts'))).toBe('permissionMissing');
      const { rows } = await db.execute(`select permissions from api_key where id = '${narrow.id}'`);
      expect(rows).toEqual([{ permissions: ['vm:read', 'account:read'] }]);
    } finally {
      await db.execute(
        "update role_binding set role = 'systemAdmin' where account_id = (select id from account where email = 'admin@basalt.local')",
      );
    }
  });

  it.each([...personOnly])('[IAM-15] may not call %s, which is for whoever has signed in', async (name) => {
    const [area = '', verb = ''] = name.split('.');
    const tree: Readonly<Record<string, Readonly<Record<string, Procedure>>>> = procedures;
    const { method, path } = tree[area]?.[verb]?.rest ?? { method: 'GET', path: '' };
    const real = path.replace('{region}', 'region-1').replace('{id}', key.id);
    const answer = await signedFetch(door, key, method, real, method === 'DELETE' ? undefined : {});
    expect([answer.status, code(answer)]).toEqual([403, 'personRequired']);
  });
});

describe('a signed request', () => {
  it('[IAM-15] needs neither cookie nor Origin, and changes what its account may change', async () => {
    const changed = await signedFetch(door, key, 'PATCH', '/session/preferences', { theme: 'dark' });
    expect(changed).toMatchObject({ status: 200, body: { theme: 'dark' } });
    const { rows } = await door.gateway.parts.db.execute(
      "select via, api_key_id from operation_log where operation = 'myAccount.update' order by sequence desc limit 1",
    );
    expect(rows).toEqual([{ via: 'api', api_key_id: key.id }]);
  });

  it.each([
    ['old', -301],
    ['of the future', 301],
  ])('[IAM-15] that is too %s is refused', async (_, seconds) => {
    const answer = await signedFetch(door, key, 'GET', whoami, undefined, { time: now() + seconds, headers: english });
    expect([answer.status, code(answer)]).toEqual([401, 'signatureInvalid']);
    expect(reason(answer)).toContain('300 s');
  });

  it.each([-295, 295])('[IAM-15] whose clock is %i s off is taken', async (seconds) => {
    expect((await signedFetch(door, key, 'GET', whoami, undefined, { time: now() + seconds })).status).toBe(200);
  });

  it('[IAM-15] counts once, also after a restart and for two doors at once', async () => {
    const header = signature(key, 'GET', `/api/v1${whoami}`, '');
    const ask = (at: Pick<Door, 'url'>) =>
      rawSend(at, 'GET', `/api/v1${whoami}`, '', { authorization: header, ...english });
    expect((await ask(door)).status).toBe(200);
    const replayed = await ask(door);
    expect([replayed.status, reason(replayed)]).toEqual([401, expect.stringContaining('nonce')]);
    await door.restart();
    expect((await ask(door)).status).toBe(401);

    const second = await doorOpen(postgres, {
      env: { databaseUrl: door.env.databaseUrl, stateDirectory: door.directory },
    });
    try {
      const fresh = signature(key, 'GET', `/api/v1${whoami}`, '');
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          rawSend(i % 2 ? door : second, 'GET', `/api/v1${whoami}`, '', { authorization: fresh }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    } finally {
      await second.close();
    }
  });

  it('[IAM-15] is the same whatever order its query pairs come in, and another when a value changes', async () => {
    const nonce = 'n'.repeat(22);
    const path = '/api/v1/regions/region-1/vms';
    const header = signature(key, 'GET', `${path}?search=a%20b&limit=5&filter.state=running&filter.state=stopped`, '', {
      nonce,
    });
    const changed = await rawSend(
      door,
      'GET',
      `${path}?search=a%20b&limit=6&filter.state=running&filter.state=stopped`,
      '',
      { authorization: header },
    );
    expect(code(changed)).toBe('signatureInvalid');
    const shifted = await rawSend(
      door,
      'GET',
      `${path}?filter.state=stopped&limit=5&search=a+b&filter.state=running`,
      '',
      { authorization: header },
    );
    expect(shifted.status).toBe(200);
    expect(door.region.calls.at(-1)?.input).toMatchObject({ search: 'a b', limit: 5 });
  });

  const refused: [string, (k: TestKey) => Promise<Answer>][] = [
    [
      'is cut off',
      (k) =>
        rawSend(door, 'GET', '/api/v1/session', '', {
          authorization: signature(k, 'GET', '/api/v1/session', '').slice(0, -1),
        }),
    ],
    [
      'has something behind it',
      (k) =>
        rawSend(door, 'GET', '/api/v1/session', '', {
          authorization: `${signature(k, 'GET', '/api/v1/session', '')}, x=1`,
        }),
    ],
    [
      'spells the same bytes in another way',
      (k) => {
        const header = signature(k, 'GET', '/api/v1/session', '');
        const last = header.at(-1) ?? '';
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const twin = alphabet[alphabet.indexOf(last) ^ 1] ?? '';
        return rawSend(door, 'GET', '/api/v1/session', '', { authorization: `${header.slice(0, -1)}${twin}` });
      },
    ],
    [
      'is of another method',
      (k) =>
        rawSend(door, 'DELETE', '/api/v1/session', '', { authorization: signature(k, 'GET', '/api/v1/session', '') }),
    ],
    [
      'is of another path',
      (k) => rawSend(door, 'GET', '/api/v1/regions', '', { authorization: signature(k, 'GET', '/api/v1/session', '') }),
    ],
    [
      'is of another spelling of the path',
      (k) =>
        rawSend(door, 'GET', '/api/v1/%73ession', '', { authorization: signature(k, 'GET', '/api/v1/session', '') }),
    ],
    [
      'is of another body',
      (k) =>
        signedFetch(door, k, 'PATCH', '/session/preferences', { theme: 'light' }, { signedBody: '{"theme":"dark"}' }),
    ],
    [
      'is of a body with one byte more',
      (k) =>
        signedFetch(door, k, 'PATCH', '/session/preferences', '{"theme":"dark"} ', { signedBody: '{"theme":"dark"}' }),
    ],
    [
      'was made with another private key',
      (k) => signedFetch(door, { ...k, privateKey: 'A'.repeat(43) }, 'GET', '/session'),
    ],
    [
      'names a key that does not exist',
      (k) => signedFetch(door, { ...k, publicKey: `bk_${'A'.repeat(22)}` }, 'GET', '/session'),
    ],
    ['has a short nonce', (k) => signedFetch(door, k, 'GET', '/session', undefined, { nonce: 'short' })],
    [
      'has a badly encoded query',
      (k) =>
        rawSend(door, 'GET', '/api/v1/session?x=%zz', '', {
          authorization: signature(k, 'GET', '/api/v1/session', ''),
        }),
    ],
    ['is of another kind', () => rawSend(door, 'GET', '/api/v1/session', '', { authorization: 'Bearer abc' })],
  ];
  it.each(refused)('[IAM-15] that %s is refused', async (_, ask) => {
    const answer = await ask(key);
    expect([answer.status, code(answer)]).toEqual([401, 'signatureInvalid']);
    expect(answer.body['requestId']).toMatch(/^[0-9a-f-]{36}$/u);
  });

  it('[IAM-15] tells an unknown key and a wrong signature in the same words, in the language asked for', async () => {
    const [wrong, unknown] = [
      await signedFetch(door, { ...key, privateKey: 'B'.repeat(43) }, 'GET', whoami, undefined, { headers: english }),
      await signedFetch(door, { ...key, publicKey: `bk_${'B'.repeat(22)}` }, 'GET', whoami, undefined, {
        headers: english,
      }),
    ];
    expect(reason(unknown)).toBe(reason(wrong));
    expect(reason(wrong)).toMatch(/^The signature/u);
    const chinese = await signedFetch(door, { ...key, privateKey: 'B'.repeat(43) }, 'GET', whoami, undefined, {
      headers: { 'accept-language': 'zh-CN' },
    });
    expect(reason(chinese)).toMatch(/签名/u);
  });

  it('[IAM-15] together with a session’s cookie is refused', async () => {
    const both = await signedFetch(door, key, 'GET', whoami, undefined, { headers: { cookie } });
    expect([both.status, code(both)]).toEqual([401, 'signatureInvalid']);
  });

  it('[IAM-15] of a frozen account, or of one whose password must be changed, is refused', async () => {
    await door.accountAdd('frozen@basalt.local', 'systemReadonly');
    const mine = await keyCreate(door, await door.signIn('frozen@basalt.local'));
    const { db } = door.gateway.parts;
    await db.execute("update account set must_change_password = true where email = 'frozen@basalt.local'");
    expect(code(await signedFetch(door, mine, 'GET', whoami))).toBe('passwordChangeRequired');
    await db.execute("update account set frozen = true where email = 'frozen@basalt.local'");
    expect(code(await signedFetch(door, mine, 'GET', whoami))).toBe('signatureInvalid');
  });

  it('[IAM-12] of a key comes only from where its account may be used, and only then', async () => {
    await door.accountAdd('limited@basalt.local', 'systemReadonly');
    const mine = await keyCreate(door, await door.signIn('limited@basalt.local'));
    const { db } = door.gateway.parts;
    const set = (what: string) => db.execute(`update account set ${what} where email = 'limited@basalt.local'`);
    await set("sources = '{10.0.0.0/8}'");
    expect(await signedFetch(door, mine, 'GET', whoami)).toMatchObject({
      status: 403,
      body: { code: 'sourceRefused' },
    });
    await set("sources = '{127.0.0.0/8}'");
    expect((await signedFetch(door, mine, 'GET', whoami)).status).toBe(200);
    const day = ((new Date().getUTCDay() + 2) % 7) + 1;
    await set(`time_zone = 'UTC', hours = '[{"day":${day},"from":"00:00","to":"24:00"}]'`);
    expect(code(await signedFetch(door, mine, 'GET', whoami))).toBe('hoursRefused');
  });

  it('[API-02] has a rate of its own per key, told in headers', async () => {
    const own = await doorOpen(postgres, {
      settings: { rate: { ...door.settings.rate, apiKeyPerSecond: 3 } },
    });
    try {
      await own.accountAdd('admin@basalt.local', 'systemAdmin');
      const session = await own.signIn('admin@basalt.local');
      const [mine, other] = [await keyCreate(own, session), await keyCreate(own, session)];
      const answers = await Promise.all(Array.from({ length: 8 }, () => signedFetch(own, mine, 'GET', whoami)));
      expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"key";q=3;w=1');
      expect(answers[0]?.headers.get('ratelimit')).toMatch(/^"key";r=\d;t=\d+$/u);
      const late = answers.filter((answer) => code(answer) === 'tooManyRequests');
      expect(late.length).toBeGreaterThanOrEqual(4);
      expect(late[0]).toMatchObject({ status: 429, body: { retryable: true } });
      expect(late[0]?.headers.get('retry-after')).toBe('1');
      expect((await signedFetch(own, other, 'GET', whoami)).status).toBe(200);
    } finally {
      await own.close();
    }
  });

  it('[IAM-15] costs few statements when many come at once', async () => {
    const { pool } = { pool: door.gateway.parts.db.$client };
    let inserts = 0;
    const query = pool.query.bind(pool);
    Object.assign(pool, {
      query: (...given: Parameters<typeof query>) => {
        if (JSON.stringify(given[0]).includes('api_nonce')) inserts += 1;
        return query(...given);
      },
    });
    try {
      const answers = await Promise.all(Array.from({ length: 200 }, () => signedFetch(door, key, 'GET', whoami)));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(inserts).toBeLessThan(120);
      expect(inserts).toBeGreaterThan(0);
    } finally {
      Object.assign(pool, { query });
    }
  });
});

describe('an upload signed by a key', () => {
  const content = '/api/v1/regions/region-1/images/01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a/content?offset=0';
  const put = (bytes: string, declared: string, headers: Readonly<Record<string, string>> = {}) => {
    // the signature covers the declared hash in place of the body's
    const header = signature(key, 'PUT', content, bytes);
    return rawSend(door, 'PUT', content, bytes, {
      authorization: header,
      'content-type': 'application/octet-stream',
      'x-basalt-content-sha256': declared,
      ...headers,
    });
  };
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

  it('[IAM-15] is passed on when its bytes are what was signed', async () => {
    const before = door.region.uploads.received;
    const answer = await put('x'.repeat(100_000), sha256('x'.repeat(100_000)));
    expect(answer.status).toBe(200);
    expect(door.region.uploads.received - before).toBe(100_000);
  });

  it('[IAM-15] never ends at the region when its bytes are others', async () => {
    const path = content;
    const signed = signature(key, 'PUT', path, 'signed');
    const answer = await rawSend(door, 'PUT', path, 'others', {
      authorization: signed,
      'content-type': 'application/octet-stream',
      'x-basalt-content-sha256': sha256('signed'),
    });
    expect([answer.status, code(answer)]).toEqual([401, 'signatureInvalid']);
  });

  it('[IAM-15] must declare what it signs', async () => {
    expect(code(await put('x', 'nonsense'))).toBe('signatureInvalid');
    expect(code(await put('x', sha256('y')))).toBe('signatureInvalid');
  });
});

it('[API-03] a key’s event stream ends when the key is disabled', async () => {
  const path = '/api/v1/regions/region-1/events';
  const answer = await fetch(`${door.url}${path}`, {
    headers: { accept: 'text/event-stream', authorization: signature(key, 'GET', path, '') },
    signal: AbortSignal.timeout(20_000),
  });
  expect(answer.status).toBe(200);
  const ended = answer.text();
  await rest(door, 'PATCH', `/my-account/api-keys/${key.id}`, { cookie, body: { enabled: false } });
  expect(typeof (await ended)).toBe('string');
  expect((await send(door, 'GET', '/api/health')).status).toBe(200);
});
