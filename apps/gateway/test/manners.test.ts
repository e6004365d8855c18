import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { procedures, type Procedure } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { rowsOf } from '../src/http/rest-manners.ts';
import { jsonSchemaOf } from '../src/http/rest-input.ts';
import { code, doorOpen, postgresOpen, rest, send, type Door } from './harness.ts';
import { keyCreate, signedFetch } from './signed.ts';

const TOKEN = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0b';
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

const named = Object.entries(procedures).flatMap(([area, verbs]) =>
  Object.entries(verbs).map(([verb, procedure]: [string, Procedure]) => [`${area}.${verb}`, procedure] as const),
);

describe('an idempotency token', () => {
  const create = (headers: Readonly<Record<string, string>>, body: object) =>
    rest(door, 'POST', '/my-account/api-keys', { cookie, body, headers });

  it('[API-02] may stand in a header: the same answer comes again, and nothing is done twice', async () => {
    const one = await create({ 'idempotency-key': TOKEN }, { name: 'by header' });
    const two = await create({ 'idempotency-key': `"${TOKEN}"` }, { name: 'by header' });
    const three = await create({}, { name: 'by header', requestToken: TOKEN });
    expect(one.status).toBe(200);
    expect([two.body, three.body]).toEqual([one.body, one.body]);
    const other = await create({ 'idempotency-key': TOKEN }, { name: 'another' });
    expect([other.status, code(other)]).toEqual([409, 'tokenReused']);
  });

  it('[API-02] reaches the region with what the region does', async () => {
    await rest(door, 'POST', '/regions/region-1/vms/01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a/actions/start', {
      cookie,
      body: {},
      headers: { 'idempotency-key': TOKEN },
    });
    expect(door.region.calls.at(-1)).toMatchObject({ name: 'vm.start', input: { requestToken: TOKEN } });
  });

  it('[API-02] that is no token, says two things, or could not be kept is refused by name', async () => {
    const wrong = [
      await create({ 'idempotency-key': 'today' }, { name: 'x' }),
      await create({ 'idempotency-key': TOKEN }, { name: 'x', requestToken: '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0c' }),
      await rest(door, 'PATCH', '/session/preferences', {
        cookie,
        body: { theme: 'dark' },
        headers: { 'idempotency-key': TOKEN },
      }),
    ];
    for (const { status, body } of wrong)
      expect([status, body['code'], body['field']]).toEqual([400, 'invalidInput', 'idempotency-key']);
  });
});

describe('lists', () => {
  const lists = named.filter(([, { input, output, kind }]) => {
    const answer = jsonSchemaOf(output, 'output');
    return (
      kind === 'query' && rowsOf(answer) !== undefined && answer.properties?.['total'] && jsonSchemaOf(input, 'input')
    );
  });

  it.each(lists)('[API-02] %s is read by pages and by a cursor', (_, { input, output }) => {
    expect(Object.keys(jsonSchemaOf(input, 'input').properties ?? {})).toEqual(
      expect.arrayContaining(['limit', 'cursor']),
    );
    expect(Object.keys(jsonSchemaOf(output, 'output').properties ?? {})).toContain('nextCursor');
  });

  it('[API-02] answer only the fields that are asked for', async () => {
    const far = await rest(door, 'GET', '/regions/region-1/vms?fields=id,name&limit=5', { cookie });
    expect(far.body).toMatchObject({ total: expect.any(Number), nextCursor: expect.anything() });
    expect(Object.keys((far.body['items'] as object[])[0] ?? {}).toSorted()).toEqual(['id', 'name']);
    const near = await rest(door, 'GET', '/my-account/api-keys?fields=name', { cookie });
    for (const row of near.body['items'] as object[]) expect(Object.keys(row)).toEqual(['name']);
  });

  it('[API-02] refuse by name a field that their rows do not have', async () => {
    for (const field of ['secret', '__proto__', 'constructor']) {
      const answer = await rest(door, 'GET', `/my-account/api-keys?fields=name,${field}`, { cookie });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalidInput', field: 'fields' } });
      expect(JSON.stringify(answer.body)).toContain(field);
    }
    expect(code(await rest(door, 'GET', '/session?fields=account', { cookie }))).toBe('invalidInput');
  });
});

describe('errors', () => {
  it('[API-02] have code, text, field and the request’s id, in the language that is asked for, whoever asks', async () => {
    const key = await keyCreate(door, cookie);
    for (const [language, words] of [
      ['zh-CN', /[\u4E00-\u9FFF]/u],
      ['en-US', /^[\u0020-\u007E’…]+$/u],
    ] as const) {
      const headers = { 'accept-language': language };
      const answers = [
        await rest(door, 'GET', '/regions', { headers }),
        await signedFetch(door, key, 'GET', '/regions/nowhere/vms', undefined, { headers }),
        await signedFetch(door, key, 'GET', '/regions/region-1/vms?limit=0', undefined, { headers }),
      ];
      for (const { body, headers: given } of answers) {
        expect(body['message']).toMatch(words);
        expect(body['requestId']).toBe(given.get('x-request-id'));
      }
      expect(answers.map(({ status }) => status)).toEqual([401, 404, 400]);
      expect(answers[2]?.body['field']).toBe('limit');
    }
  });

  it('[API-02] that may go away say when to try again', async () => {
    const own = await doorOpen(postgres);
    try {
      await own.accountAdd('admin@basalt.local', 'systemAdmin');
      const session = await own.signIn('admin@basalt.local');
      await own.other.close();
      const gone = await rest(own, 'GET', '/regions/region-2/overview', { cookie: session });
      expect([gone.status, gone.headers.get('retry-after')]).toEqual([503, '1']);
    } finally {
      await own.close();
    }
  });

  it('[API-02] name an unknown field wherever it stands in a signed request too', async () => {
    const key = await keyCreate(door, cookie);
    const answer = await signedFetch(door, key, 'PATCH', '/session/preferences', { theme: 'dark', colour: 'red' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalidInput', field: 'colour' } });
    const plain = await signedFetch(
      door,
      key,
      'PATCH',
      '/session/preferences',
      { theme: 'dark' },
      { headers: { 'content-type': 'text/plain' } },
    );
    expect(plain).toMatchObject({ status: 400, body: { code: 'invalidInput' } });
    expect((await send(door, 'GET', '/api/health')).status).toBe(200);
  });
});

it('[API-01] what a DELETE needs stands in its path', () => {
  for (const [name, { rest: at, input }] of named) {
    if (at.method !== 'DELETE') continue;
    const fields = Object.keys(jsonSchemaOf(input, 'input').properties ?? {}).filter(
      (field) => !at.path.includes(`{${field}}`),
    );
    expect(
      fields.filter((field) => field !== 'requestToken'),
      name,
    ).toEqual([]);
  }
});
