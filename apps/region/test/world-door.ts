/** The fake world for a process of its own: what outlives the killing of a region worker. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { agentProcedures } from '@basalt/contract/agent/index';
import { BasaltError, errorShape, type HostId } from '@basalt/contract';
import { basaltErrorOf } from '@basalt/rpc';
import { z } from 'zod';
import type { AgentClient, AgentDriver } from '../src/drivers/agent/agent-driver.ts';
import type { NetworkDriver } from '../src/drivers/network/network-driver.ts';
import { fakeCall, fakeHandlers, type FakeWorld } from './fake-agent.ts';

const portMethods = ['networkEnsure', 'networkRemove', 'portEnsure', 'portRemove', 'portState', 'healthy'] as const;
const answerShape = z.union([z.object({ ok: z.unknown() }), z.object({ error: errorShape })]);

export interface WorldDoor extends AsyncDisposable {
  readonly url: string;
}

export async function worldServe(world: FakeWorld, network: NetworkDriver): Promise<WorldDoor> {
  async function act(path: string, body: unknown): Promise<unknown> {
    const [, area = '', name = '', verb = ''] = path.split('/');
    if (area === 'network') {
      const method = portMethods.find((candidate) => candidate === name);
      if (!method) throw new Error(`no method ${name}`);
      return (network[method] as (input: unknown) => Promise<unknown>)(body);
    }
    const host = world.hosts.get(name);
    if (!host) throw new BasaltError('agentUnreachable', { host: name });
    return fakeCall(host, fakeHandlers(host), verb, body);
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
      act(request.url ?? '', body).then(
        (ok) => response.end(JSON.stringify({ ok: ok ?? null })),
        (error: unknown) => response.end(JSON.stringify({ error: basaltErrorOf(error).shape('en-US') })),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function call(url: string, path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${url}/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const parsed = answerShape.parse(await answer.json());
  if ('error' in parsed) throw BasaltError.fromShape(parsed.error);
  return parsed.ok;
}

/** The other end: drivers whose world lives in the process that serves it. */
export function worldDrivers(url: string): { readonly agents: AgentDriver; readonly network: NetworkDriver } {
  const client = (id: HostId): AgentClient =>
    Object.fromEntries(
      Object.entries(agentProcedures).map(([area, verbs]) => [
        area,
        Object.fromEntries(
          Object.keys(verbs).map((verb) => [verb, (input: unknown) => call(url, `agent/${id}/${area}.${verb}`, input)]),
        ),
      ]),
    ) as AgentClient;
  const network = Object.fromEntries(
    portMethods.map((method) => [method, (input: unknown) => call(url, `network/${method}`, input)]),
  ) as Pick<NetworkDriver, (typeof portMethods)[number]>;
  return {
    agents: {
      client: (host) => client(host.id),
      events: () => ({ close: () => undefined }),
      metrics: () => Promise.resolve(''),
      forget: () => undefined,
      close: () => Promise.resolve(),
    },
    network: {
      ...network,
      chassisRemove: () => Promise.resolve(false),
      owned: () => Promise.resolve({ networks: [], ports: new Map() }),
      close: () => Promise.resolve(),
    },
  };
}
