/** Sends an example of every procedure through every way into the gateway, and tells how each was taken. */
import { procedures, type Procedure } from '@basalt/contract';
import { exampleOf } from '../src/http/openapi-example.ts';
import { jsonSchemaOf } from '../src/http/rest-input.ts';
import { send, type Door } from './harness.ts';
import { rawSend, signature, type TestKey } from './signed.ts';

export type Named = readonly [name: string, procedure: Procedure];
export const all: readonly Named[] = Object.entries(procedures).flatMap(([area, verbs]) =>
  Object.entries(verbs).map(([verb, procedure]: [string, Procedure]): Named => [`${area}.${verb}`, procedure]),
);

/** How one request is sent: by a session's cookie, with further headers, or signed by a key. */
export interface Sender {
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: TestKey;
}

/** `ok` or the error's code. */
export type Told = string;
const told = (found: unknown): Told => {
  const answer = found as { code?: string; error?: { data?: { basalt?: { code?: string } } } };
  return answer.error?.data?.basalt?.code ?? answer.code ?? 'ok';
};

const inputOf = (procedure: Procedure): Record<string, unknown> =>
  exampleOf(jsonSchemaOf(procedure.input, 'input')) as Record<string, unknown>;

async function request(door: Door, by: Sender, method: string, path: string, body?: unknown): Promise<unknown> {
  if (by.key) {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { authorization: signature(by.key, method, path, text), ...by.headers };
    return (await rawSend(door, method, path, text, headers)).body;
  }
  const asked = { ...(by.cookie ? { cookie: by.cookie } : {}), ...(by.headers ? { headers: by.headers } : {}) };
  return (await send(door, method, path, { ...asked, ...(body === undefined ? {} : { body }) })).body;
}

export type Way = (door: Door, by: Sender, named: Named) => Promise<Told>;
export const ways: Readonly<Record<string, Way>> = {
  async tRPC(door, by, [name, procedure]) {
    const input = inputOf(procedure);
    const path = `/api/trpc/${name}`;
    return told(
      procedure.kind === 'query'
        ? await request(door, by, 'GET', `${path}?input=${encodeURIComponent(JSON.stringify(input))}`)
        : await request(door, by, 'POST', path, input),
    );
  },
  /** Behind a call of the gateway's own, which takes the other way through the door. */
  async batch(door, by, [name, procedure]) {
    const inputs = { 0: {}, 1: inputOf(procedure) };
    const query = `batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
    const answers =
      procedure.kind === 'query'
        ? await request(door, by, 'GET', `/api/trpc/platform.info,${name}?${query}`)
        : await request(door, by, 'POST', `/api/trpc/session.setPreferences,${name}?batch=1`, inputs);
    // a request that is refused as a whole is answered as one
    return told(Array.isArray(answers) ? answers[1] : answers);
  },
  async REST(door, by, [, procedure]) {
    const input = inputOf(procedure);
    const path = procedure.rest.path.replaceAll(/\{(\w+)\}/gu, (_, key: string) => {
      const value = String(input[key]);
      delete input[key];
      return value;
    });
    const { method } = procedure.rest;
    if (method !== 'GET') return told(await request(door, by, method, `/api/v1${path}`, input));
    const query = new URLSearchParams(
      Object.entries(input).map(([k, v]): [string, string] => [k, typeof v === 'string' ? v : JSON.stringify(v)]),
    ).toString();
    return told(await request(door, by, method, `/api/v1${path}${query ? `?${query}` : ''}`));
  },
};

/** Last what ends the session of the walk. */
const rank = (name: string): number => Number(name === 'session.signOut');

/** Every procedure by one way. */
export async function walk(door: Door, way: Way, by: Sender): Promise<ReadonlyMap<string, Told>> {
  const found = new Map<string, Told>();
  for (const named of all.toSorted(([a], [b]) => rank(a) - rank(b))) found.set(named[0], await way(door, by, named));
  return found;
}
