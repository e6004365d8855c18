import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { code, doorOpen, PASSWORD, postgresOpen, rest, send, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
let cookie: string;
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

const preferences = { body: { theme: 'dark' } };

describe('requests of other sites', () => {
  it.each([
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['the Origin null of a sandbox', { origin: 'null' }],
    ['no Origin and no header that a form cannot set', { origin: null }],
    ['the browser’s word that it is cross-site', { headers: { 'sec-fetch-site': 'cross-site' } }],
  ])('[IAM-01] are refused with %s', async (_, how) => {
    const answer = await rest(door, 'PATCH', '/session/preferences', { ...preferences, cookie, ...how });
    expect([answer.status, code(answer)]).toEqual([403, 'crossSite']);
    const trpc = await send(door, 'POST', '/api/trpc/session.setPreferences', { ...preferences, cookie, ...how });
    expect(trpc.body).toHaveProperty('error.data.basalt.code', 'crossSite');
  });

  it('[API-03] cannot read the event stream', async () => {
    const answer = await rest(door, 'GET', '/regions/region-1/events', {
      cookie,
      origin: 'https://evil.example',
      headers: { accept: 'text/event-stream' },
    });
    expect(code(answer)).toBe('crossSite');
  });

  it('[API-01] are told from programs, which name themselves', async () => {
    const answer = await rest(door, 'PATCH', '/session/preferences', {
      ...preferences,
      cookie,
      origin: null,
      headers: { 'x-basalt-client': 'curl' },
    });
    expect(answer.status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    '[IAM-01] JSON sent as "%s" is refused',
    async (type) => {
      for (const path of ['/api/v1/session', '/api/trpc/session.signIn']) {
        const answer = await send(door, 'POST', path, {
          body: JSON.stringify({ email: 'admin@basalt.local', password: PASSWORD }),
          headers: { 'content-type': type },
        });
        expect(JSON.stringify(answer.body)).toContain('"invalidInput"');
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    },
  );
});

describe('input', () => {
  it('[API-02] with unknown fields is refused at the gateway and at the region', async () => {
    const own = await rest(door, 'PATCH', '/session/preferences', {
      cookie,
      body: { theme: 'dark', roles: ['systemAdmin'] },
    });
    expect(own).toMatchObject({ status: 400, body: { code: 'invalidInput', field: 'roles' } });
    const far = await rest(door, 'GET', '/regions/region-1/vms?colour=red', { cookie });
    expect(far).toMatchObject({ status: 400, body: { code: 'invalidInput', field: 'colour' } });
    const polluted = await rest(door, 'GET', '/regions/region-1/vms?__proto__.x=1&filter.__proto__.y=1', { cookie });
    expect(polluted.status).toBe(400);
    expect(({} as Record<string, unknown>)['y']).toBeUndefined();
  });

  it('[API-02] nested a hundred thousand deep is refused without harm', async () => {
    const deep = `{"theme":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(code(await rest(door, 'PATCH', '/session/preferences', { cookie, body: deep }))).toBe('invalidInput');
    const far = await send(door, 'POST', '/api/trpc/vm.create', {
      cookie,
      body: `{"region":"region-1","name":${deep}}`,
    });
    expect(far.body).toHaveProperty('error.data.basalt.code', 'invalidInput');
    expect((await send(door, 'GET', '/api/health')).status).toBe(200);
  });

  it('[API-02] that is too large, or no JSON, is refused', async () => {
    const large = await rest(door, 'PATCH', '/session/preferences', {
      cookie,
      body: JSON.stringify({ theme: 'x'.repeat(1024 * 1024) }),
    });
    expect([large.status, code(large)]).toEqual([413, 'payloadTooLarge']);
    expect(code(await rest(door, 'PATCH', '/session/preferences', { cookie, body: '{"theme"' }))).toBe('invalidInput');
    expect(code(await rest(door, 'PATCH', '/session/preferences', { cookie, body: '[1]' }))).toBe('invalidInput');
    expect((await send(door, 'GET', '/api/trpc/vm.list?input=%7B', { cookie })).body).toHaveProperty(
      'error.data.basalt.code',
      'invalidInput',
    );
    expect((await send(door, 'GET', '/api/trpc/vm.list?input=%ff', { cookie })).status).toBe(400);
  });

  it('[API-01] in batches works up to twenty calls, each with its own verdict', async () => {
    const batch = (n: number) => {
      const input = Object.fromEntries(
        Array.from({ length: n }, (_, i) => [i, { region: i === 1 ? 'nowhere' : 'region-1' }]),
      );
      return send(
        door,
        'GET',
        `/api/trpc/${Array(n).fill('overview.get').join(',')}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`,
        { cookie },
      );
    };
    const some = await batch(3);
    expect(some.status).toBe(207);
    expect(some.body).toMatchObject([
      { result: {} },
      { error: { data: { basalt: { code: 'notFound' } } } },
      { result: {} },
    ]);
    const many = await batch(21);
    expect([many.status, JSON.stringify(many.body)]).toEqual([400, expect.stringContaining('"field":"batch"')]);
  });

  it('[API-01] by the wrong method or at no path is refused', async () => {
    expect(
      (await send(door, 'GET', '/api/trpc/vm.start?input=%7B%22region%22%3A%22region-1%22%7D', { cookie })).status,
    ).toBe(400);
    expect((await send(door, 'GET', '/api/trpc/vm.nothing', { cookie })).body).toHaveProperty(
      'error.data.basalt.code',
      'notFound',
    );
    expect(code(await rest(door, 'GET', '/nothing', { cookie }))).toBe('notFound');
  });
});

describe('answers', () => {
  it('[API-01] carry the headers that a browser defends itself by', async () => {
    for (const path of ['/api/health', '/api/v1/session', '/api/trpc/session.current', '/api/v1/docs']) {
      const { headers } = await send(door, 'GET', path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('[API-02] carry the request’s id, which is in the error too', async () => {
    const answer = await rest(door, 'GET', '/session');
    expect(answer.headers.get('x-request-id')).toBe(answer.body['requestId']);
  });

  it('[REG-01] tell a region that is gone from one that refuses', async () => {
    const own = await doorOpen(postgres);
    try {
      await own.accountAdd('admin@basalt.local', 'systemAdmin');
      const session = await own.signIn('admin@basalt.local');
      await own.other.close();
      const gone = await rest(own, 'GET', '/regions/region-2/overview', { cookie: session });
      expect([gone.status, code(gone)]).toEqual([503, 'regionUnreachable']);
      await own.gateway.parts.health.check();
      const { body } = await rest(own, 'GET', '/regions', { cookie: session });
      expect(body['items']).toMatchObject([
        { key: 'region-1', health: 'healthy', version: '0.1.0' },
        { key: 'region-2', health: 'unreachable', version: '0.1.0', seenAt: expect.stringMatching(/Z$/u) },
      ]);
    } finally {
      await own.close();
    }
  });

  it('[REG-01] do not sign anybody out because a region distrusts the gateway', async () => {
    door.region.trust.gateway = false;
    try {
      const list = `/api/trpc/vm.list?input=${encodeURIComponent('{"region":"region-1"}')}`;
      const answers = [
        await rest(door, 'GET', '/regions/region-1/vms', { cookie }),
        await send(door, 'GET', list, { cookie }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([503, 503]);
      expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain('notSignedIn');
    } finally {
      door.region.trust.gateway = true;
    }
  });

  it('[IAM-09] come slower when one address asks too often', async () => {
    const own = await doorOpen(postgres, {
      settings: {
        rate: {
          signInPerMinute: 3,
          anonymousPerMinute: 10,
          sessionPerSecond: 10,
          apiKeyPerSecond: 10,
          mailPerHour: 10,
        },
      },
    });
    try {
      const tries = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          rest(own, 'POST', '/session', { body: { email: `a${i}@basalt.local`, password: 'x' } }),
        ),
      );
      expect(tries.filter((answer) => code(answer) === 'tooManyRequests').length).toBe(5);
    } finally {
      await own.close();
    }
  });
});
