/** The region's door on a free port over a {@link Fixture}, and clients of all kinds for it. */
import { Agent, request, type Dispatcher } from 'undici';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { ActorAssertion, Permission } from '@basalt/contract';
import {
  assertionKeyLoadOrCreate,
  assertionSign,
  metricsRegistry,
  mtlsClientOptions,
  type KeyAndCertificate,
} from '@basalt/service';
import { gatewayIdentity, regionIdentity } from '../src/authority.ts';
import { actorCheckOpen } from '../src/server/actor.ts';
import { consoleDoor } from '../src/server/console-door.ts';
import { liveHubStart } from '../src/server/live-hub.ts';
import { serverOpen } from '../src/server/server.ts';
import { actorOf, fixtureOpen, KEY, type Fixture } from './region-fixture.ts';

export interface Door extends AsyncDisposable {
  readonly f: Fixture;
  readonly origin: string;
  readonly gateway: KeyAndCertificate;
  readonly region: KeyAndCertificate;
  /** Mutual TLS as the gateway, none, or whoever. */
  dispatcher(own: KeyAndCertificate | null): Agent;
  authorization(permissions?: '*' | Permission[], more?: Partial<ActorAssertion>): Promise<string>;
  /** As the gateway, for an actor with these permissions. */
  send(
    path: string,
    options?: {
      method?: Dispatcher.HttpMethod;
      body?: string | Buffer;
      permissions?: '*' | Permission[];
      actor?: Partial<ActorAssertion> | undefined;
      as?: Agent;
    },
  ): Promise<{ status: number; body: unknown }>;
  call(
    name: string,
    kind: 'query' | 'mutation',
    input: object,
    permissions?: '*' | Permission[],
    actor?: Partial<ActorAssertion>,
  ): Promise<{ status: number; data: unknown; code: string | null }>;
}

const field = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value);

export async function doorOpen(): Promise<Door> {
  const f = await fixtureOpen();
  const { ca } = f.services;
  const gateway = await gatewayIdentity(ca, KEY);
  const region = await regionIdentity(ca, KEY, ['127.0.0.1']);
  const key = await assertionKeyLoadOrCreate(f.stateDirectory);
  const hub = await liveHubStart(f.db, f.url, f.services.log);
  const consoles = consoleDoor({
    services: f.services,
    agentTls: (id) =>
      mtlsClientOptions({ own: region, ca: ca.certificate, expected: `basalt://region/${KEY}/host/${id}` }),
  });
  const server = await serverOpen({
    services: f.services,
    own: region,
    actor: await actorCheckOpen(join(f.stateDirectory, 'assertion.pub'), KEY),
    hub,
    consoles,
    metrics: metricsRegistry('test'),
    health: async () => 'healthy',
    host: '127.0.0.1',
    port: 0,
  });
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const expected = `basalt://region/${KEY}/region`;
  const agents: Agent[] = [];
  const dispatcher = (own: KeyAndCertificate | null): Agent => {
    const tls = mtlsClientOptions({ own: own ?? gateway, ca: ca.certificate, expected });
    const { cert, key: clientKey, ...bare } = tls;
    const agent = new Agent({ connect: own ? { ...bare, cert, key: clientKey } : bare });
    agents.push(agent);
    return agent;
  };
  const asGateway = dispatcher(gateway);
  const authorization: Door['authorization'] = async (permissions = '*', more = {}) =>
    `Bearer ${await assertionSign(key, { ...actorOf(permissions), ...more })}`;
  const send: Door['send'] = async (path, { method = 'GET', body, permissions = '*', actor, as = asGateway } = {}) => {
    const answer = await request(`${origin}${path}`, {
      method,
      dispatcher: as,
      headers: {
        authorization: await authorization(permissions, actor),
        ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
  };
  return {
    f,
    origin,
    gateway,
    region,
    dispatcher,
    authorization,
    send,
    async call(name, kind, input, permissions = '*', actor) {
      const whole = { region: KEY, ...input };
      const { status, body } =
        kind === 'query'
          ? await send(`/v1/rpc/${name}?input=${encodeURIComponent(JSON.stringify(whole))}`, { permissions, actor })
          : await send(`/v1/rpc/${name}`, { method: 'POST', body: JSON.stringify(whole), permissions, actor });
      const code = field(body, 'error', 'data', 'basalt', 'code');
      return { status, data: field(body, 'result', 'data'), code: typeof code === 'string' ? code : null };
    },
    async [Symbol.asyncDispose]() {
      consoles.close();
      await hub.close();
      await Promise.all(agents.map((agent) => agent.destroy()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await f[Symbol.asyncDispose]();
    },
  };
}
