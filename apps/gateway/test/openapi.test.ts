import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personOnly, procedures, regionProcedures, type Procedure } from '@basalt/contract';
import { inputParse } from '@basalt/rpc';
import type { TestPostgres } from '@basalt/service';
import { exampleOf } from '../src/http/openapi-example.ts';
import { openApiDocument } from '../src/http/openapi.ts';
import { bodyInput, jsonSchemaOf, queryInput } from '../src/http/rest-input.ts';
import { restRoutes } from '../src/http/rest-door.ts';
import { doorOpen, postgresOpen, rest, send, type Door } from './harness.ts';

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

describe('the OpenAPI document', () => {
  it('[API-01] is valid OpenAPI 3.1 and names every procedure once', async () => {
    const { body } = await rest(door, 'GET', '/openapi.json');
    const verdict = await new Validator().validate(structuredClone(body));
    expect(verdict.errors ?? []).toEqual([]);
    expect(verdict.valid).toBe(true);
    const { paths } = body as { paths: Record<string, Record<string, { operationId: string }>> };
    const ids = Object.values(paths).flatMap((of) => Object.values(of).map(({ operationId }) => operationId));
    expect(ids.toSorted()).toEqual([...named.map(([name]) => name), 'image.content'].toSorted());
  });

  it('[API-01] says for each operation whether it needs a session, what it needs, and how errors look', () => {
    const { paths } = openApiDocument('https://basalt.example', '1', 'c');
    for (const [name, procedure] of named) {
      const operation = paths[procedure.rest.path]?.[procedure.rest.method.toLowerCase()];
      expect(operation, name).toMatchObject({
        security:
          procedure.access === 'public'
            ? []
            : personOnly.has(name)
              ? [{ session: [] }]
              : [{ session: [] }, { signature: [] }],
        responses: { default: { $ref: '#/components/responses/Error' } },
      });
    }
  });

  it.each(named)('[API-01] has examples for %s that its own schemas accept', (_name, procedure) => {
    const input = exampleOf(jsonSchemaOf(procedure.input, 'input'));
    expect(() => inputParse(procedure.input, input, 'en-US')).not.toThrow();
    const output = procedure.output.safeParse(exampleOf(jsonSchemaOf(procedure.output, 'output')));
    expect(output.error?.issues ?? []).toEqual([]);
  });
});

describe('the REST door', () => {
  it.each(
    Object.entries(regionProcedures).flatMap(([area, verbs]) => Object.keys(verbs).map((verb) => `${area}.${verb}`)),
  )('[API-01] calls %s with its example', async (name) => {
    const route = restRoutes.find((each) => each.name === name);
    if (!route) throw new Error('no route');
    const { procedure } = route;
    const input = inputParse(procedure.input, exampleOf(route.schema), 'en-US') as Record<string, unknown>;
    const given = { ...input };
    const path = procedure.rest.path.replaceAll(/\{(\w+)\}/gu, (_, key: string) => {
      const value = String(given[key]);
      delete given[key];
      return value;
    });
    const isGet = procedure.rest.method === 'GET';
    const query = new URLSearchParams(
      Object.entries(given).map(([k, v]): [string, string] => [k, typeof v === 'string' ? v : JSON.stringify(v)]),
    );
    const answer = await rest(door, procedure.rest.method, isGet ? `${path}?${query.toString()}` : path, {
      cookie,
      ...(isGet ? {} : { body: given }),
    });
    expect(answer.body).not.toHaveProperty('code');
    expect(answer.status).toBe(200);
    expect(door.region.calls.at(-1)).toMatchObject({ name, input });
  });

  it('[API-01] reads a query by the schema', () => {
    const schema = restRoutes.find(({ name }) => name === 'vm.list')?.schema ?? {};
    const read = (query: string) => queryInput(new URLSearchParams(query), schema);
    expect(read('limit=20&page=2&search=12')).toEqual({ limit: 20, page: 2, search: '12' });
    expect(read('filter={"state":["running"]}&sort={"field":"name","order":"asc"}')).toEqual({
      filter: { state: ['running'] },
      sort: { field: 'name', order: 'asc' },
    });
    expect(read('filter.state=running&filter.state=stopped&sort.field=name&sort.order=desc')).toEqual({
      filter: { state: ['running', 'stopped'] },
      sort: { field: 'name', order: 'desc' },
    });
    // not a number: left for the schema to name field and rule
    expect(read('limit=many')).toEqual({ limit: 'many' });
    expect(() => read('filter={')).toThrow('JSON');
    expect(() => bodyInput('"text"')).toThrow('object');
  });

  it('[API-01] has a page to read it by, without scripts and without anything from elsewhere', async () => {
    const { body, headers } = await send(door, 'GET', '/api/v1/docs');
    const html = String(body['text']);
    for (const [name] of named) expect(html).toContain(`id="${name}"`);
    expect(html).not.toMatch(/<script|<link|src=|@import/iu);
    const nonce = /<style nonce="([^"]+)"/u.exec(html)?.[1];
    expect(headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`);
  });
});
