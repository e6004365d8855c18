/** Walks all procedures of all doors for callers that may not, and compares what they are told with the registry. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { procedures, rolePermissions, type Permission, type Procedure } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { exampleOf } from '../src/http/openapi-example.ts';
import { restRoutes } from '../src/http/rest-door.ts';
import { jsonSchemaOf } from '../src/http/rest-input.ts';
import { code, doorOpen, postgresOpen, rest, send, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres, { settings: { lockout: { attempts: 1_000_000, minutes: 15 } } });
  await door.accountAdd('must-change@basalt.local', 'systemAdmin', { mustChange: true });
  await door.accountAdd('reader@basalt.local', 'systemReadonly');
  await door.accountAdd('elsewhere@basalt.local', 'regionAdmin', { regions: ['region-2'] });
  await door.accountAdd('nowhere@basalt.local', 'regionAdmin', { regions: [] });
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

/** What is expected to end otherwise than the registry alone says, and why. Nothing else may. */
const exceptions: Readonly<Record<string, { readonly allowed: string; readonly why: string }>> = {
  'session.signIn': { allowed: 'wrongCredentials', why: 'public, but the example’s password is nobody’s' },
  'session.changePassword': {
    allowed: 'wrongCredentials',
    why: 'open to any session, but the example’s present password is wrong',
  },
};

const all = Object.entries(procedures).flatMap(([area, verbs]) =>
  Object.entries(verbs).map(([verb, procedure]: [string, Procedure]) => [`${area}.${verb}`, procedure] as const),
);
const inputOf = (procedure: Procedure): Record<string, unknown> =>
  exampleOf(jsonSchemaOf(procedure.input, 'input')) as Record<string, unknown>;

type Told = string;
/** `ok` or the error's code. */
const told = (found: unknown): Told => {
  const answer = found as { code?: string; error?: { data?: { basalt?: { code?: string } } } };
  return answer.error?.data?.basalt?.code ?? answer.code ?? 'ok';
};

type Way = (name: string, procedure: Procedure, cookie: string | undefined) => Promise<Told>;
const ways: Readonly<Record<string, Way>> = {
  async trpc(name, procedure, cookie) {
    const input = inputOf(procedure);
    const asked = cookie ? { cookie } : {};
    const answer =
      procedure.kind === 'query'
        ? await send(door, 'GET', `/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`, asked)
        : await send(door, 'POST', `/api/trpc/${name}`, { ...asked, body: input });
    return told(answer.body);
  },
  /** In a batch with a call of the gateway's own, which takes the other way through the door. */
  async batch(name, procedure, cookie) {
    const inputs = { 0: {}, 1: inputOf(procedure) };
    const asked = cookie ? { cookie } : {};
    const answer =
      procedure.kind === 'query'
        ? await send(
            door,
            'GET',
            `/api/trpc/platform.info,${name}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`,
            asked,
          )
        : await send(door, 'POST', `/api/trpc/session.setPreferences,${name}?batch=1`, { ...asked, body: inputs });
    return told(answer.body[1]);
  },
  async rest(name, procedure, cookie) {
    const input = inputOf(procedure);
    const path = procedure.rest.path.replaceAll(/\{(\w+)\}/gu, (_, key: string) => {
      const value = String(input[key]);
      delete input[key];
      return value;
    });
    const isGet = procedure.rest.method === 'GET';
    const query = new URLSearchParams(
      Object.entries(input).map(([k, v]): [string, string] => [k, typeof v === 'string' ? v : JSON.stringify(v)]),
    );
    const answer = await rest(door, procedure.rest.method, isGet ? `${path}?${query.toString()}` : path, {
      ...(cookie ? { cookie } : {}),
      ...(isGet ? {} : { body: input }),
    });
    return told(answer.body);
  },
};

/** Every procedure by one way; sign-out last, because it ends the session of the walk. */
async function walk(way: Way, cookie: string | undefined): Promise<Record<string, Told>> {
  const found: Record<string, Told> = {};
  const ordered = all.toSorted(([a], [b]) => Number(a === 'session.signOut') - Number(b === 'session.signOut'));
  // signing in replaces the session it is sent with
  for (const [name, procedure] of ordered) found[name] = await way(name, procedure, cookie);
  return found;
}

const expected = (decide: (name: string, procedure: Procedure) => Told): Record<string, Told> =>
  Object.fromEntries(
    all.map(([name, procedure]) => {
      const said = decide(name, procedure);
      return [name, said === 'ok' ? (exceptions[name]?.allowed ?? 'ok') : said];
    }),
  );

const permits = (permissions: readonly Permission[], { access }: Procedure): boolean =>
  access === 'public' || access === 'session' || permissions.includes(access);

describe.each(Object.entries(ways))('by %s', (_, way) => {
  it('[IAM-05] without a session only what is public answers', async () => {
    const before = door.region.calls.length;
    expect(await walk(way, undefined)).toEqual(
      expected((_name, { access }) => (access === 'public' ? 'ok' : 'notSignedIn')),
    );
    expect(door.region.calls.length).toBe(before);
  });

  it('[IAM-01] before the password is changed only the session answers', async () => {
    const before = door.region.calls.length;
    const cookie = await door.signIn('must-change@basalt.local');
    expect(await walk(way, cookie)).toEqual(
      expected((name, { access }) =>
        access === 'public' || name.startsWith('session.') ? 'ok' : 'passwordChangeRequired',
      ),
    );
    expect(door.region.calls.length).toBe(before);
  });

  it('[IAM-03] a read-only account is refused what its role does not have', async () => {
    const permissions = rolePermissions('systemReadonly');
    const cookie = await door.signIn('reader@basalt.local');
    expect(await walk(way, cookie)).toEqual(
      expected((_name, procedure) => (permits(permissions, procedure) ? 'ok' : 'permissionMissing')),
    );
  });

  it.each(['elsewhere@basalt.local', 'nowhere@basalt.local'])(
    '[IAM-02] a region that is not granted does not exist for %s',
    async (email) => {
      const before = door.region.calls.length;
      const permissions = rolePermissions('regionAdmin');
      const cookie = await door.signIn(email);
      expect(await walk(way, cookie)).toEqual(
        expected((_name, procedure) => {
          if (!permits(permissions, procedure)) return 'permissionMissing';
          return procedure.door === 'region' ? 'notFound' : 'ok';
        }),
      );
      expect(door.region.calls.length).toBe(before);
    },
  );
});

it('[IAM-05] every procedure has a REST path of its own', () => {
  const paths = restRoutes.map(
    ({
      procedure: {
        rest: { method, path },
      },
    }) => `${method} ${path.replaceAll(/\{\w+\}/gu, '{}')}`,
  );
  expect(new Set(paths).size).toBe(all.length);
});

it('[IAM-05] the exceptions name procedures that exist', () => {
  expect(all.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(exceptions)));
});

it('[IAM-05] the doors beside the procedures refuse alike', async () => {
  const upload = '/regions/region-1/images/01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a/content?offset=0';
  const put = (cookie?: string) =>
    rest(door, 'PUT', upload, {
      ...(cookie ? { cookie } : {}),
      headers: { 'content-type': 'application/octet-stream' },
      body: 'x',
    });
  const live = (cookie?: string) =>
    rest(door, 'GET', '/regions/region-1/events', {
      ...(cookie ? { cookie } : {}),
      headers: { accept: 'text/event-stream' },
    });
  const [mustChange, reader, elsewhere] = await Promise.all(
    ['must-change', 'reader', 'elsewhere'].map((name) => door.signIn(`${name}@basalt.local`)),
  );
  expect([code(await put()), code(await live())]).toEqual(['notSignedIn', 'notSignedIn']);
  expect([code(await put(mustChange)), code(await live(mustChange))]).toEqual([
    'passwordChangeRequired',
    'passwordChangeRequired',
  ]);
  expect(code(await put(reader))).toBe('permissionMissing');
  expect([code(await put(elsewhere)), code(await live(elsewhere))]).toEqual(['notFound', 'notFound']);
});
