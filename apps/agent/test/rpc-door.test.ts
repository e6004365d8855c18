import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorShape } from '@basalt/contract';
import { rpcServe } from '../src/door/rpc-door.ts';
import type { AgentHost } from '../src/host.types.ts';

let server: Server;
let origin = '';

beforeAll(async () => {
  // what is refused is refused before any host is touched
  const host = { log: { info: () => {}, warn: () => {}, error: () => {} } } as Partial<AgentHost> as AgentHost;
  server = createServer((request, response) => {
    const name = (request.url ?? '').split('?', 1)[0]?.slice(1) ?? '';
    void rpcServe(request, response, name, { host, locale: 'en-US', requestId: 'request-1' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test.each([
  ['no such procedure', '/host.explode', {}, 404, 'notFound'],
  ['a query that is posted', '/host.facts', { method: 'POST', body: '{}' }, 400, 'invalidInput'],
  ['a mutation that is read', '/domain.ensureRunning', {}, 400, 'invalidInput'],
  ['input that is no JSON', '/disk.watchers?input={', {}, 400, 'invalidInput'],
  [
    'input that is not the contract’s',
    '/domain.ensureRunning',
    { method: 'POST', body: '{"vmId":7}' },
    400,
    'invalidInput',
  ],
  [
    'more than anybody sends',
    '/domain.ensureRunning',
    { method: 'POST', body: ' '.repeat(5 * 1024 ** 2) },
    413,
    'payloadTooLarge',
  ],
])('[TASK-03] %s is refused in the form that clients read', async (_what, path, init, status, code) => {
  const answer = await fetch(`${origin}${path}`, init);
  expect(answer.status).toBe(status);
  const body = (await answer.json()) as { error: { data: { httpStatus: number; path: string; basalt: unknown } } };
  expect(body.error.data.httpStatus).toBe(status);
  expect(errorShape.parse(body.error.data.basalt)).toMatchObject({ code, requestId: 'request-1' });
});
