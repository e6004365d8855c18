/** A region on loopback that answers every declared procedure with data of its schema, behind real mutual TLS. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  BasaltError,
  regionLogEntry,
  regionPaths,
  regionProcedures,
  type ActorAssertion,
  type EventFeedPage,
  type LiveEvent,
  type Procedure,
  type ProcedureTree,
  type RegionLogPage,
} from '@basalt/contract';
import { routerBuild, type DoorContext, type Handler, type Handlers } from '@basalt/rpc';
import {
  assertionPublicKey,
  assertionVerify,
  caCreate,
  identityCreate,
  keyAndCertificateWrite,
  mtlsServerOptions,
  type KeyAndCertificate,
} from '@basalt/service';
import { exampleOf } from '../src/http/openapi-example.ts';
import { jsonSchemaOf } from '../src/http/rest-input.ts';

interface RegionContext extends DoorContext {
  readonly actor: ActorAssertion;
}

export interface FakeRegion {
  readonly key: string;
  readonly port: number;
  /** The entry of REGIONS_FILE. */
  readonly entry: object;
  /** Names of procedures that reached a handler, in order. */
  readonly calls: { readonly name: string; readonly input: unknown; readonly actor: ActorAssertion }[];
  /** Set to false it refuses every assertion, as with a key that it does not know. */
  readonly trust: { gateway: boolean };
  /** Replaces one procedure's answer. */
  readonly answers: Map<string, (input: unknown) => unknown>;
  /** The entity tag of a procedure's answer; who says that he has it gets no answer. */
  readonly tags: Map<string, string>;
  /** Which tag came with each question about one of these; null: none. */
  readonly tagsSaid: (string | null)[];
  /** Sends a live event to every open stream. */
  readonly emit: (sequence: number, data: object) => void;
  /** `after` of each stream as it was opened. */
  readonly resumed: (string | null)[];
  /** For whom each stream was opened. */
  readonly watchers: ActorAssertion[];
  readonly uploads: { received: number; paused: boolean; resume: () => void; refusal: BasaltError | null };
  /** Its operation log; `broken`: it answers with an error. `asked` grows with each page that was asked for. */
  readonly log: { entries: object[]; broken: boolean; readonly asked: number[] };
  /** Its outbox for webhooks; events before `oldest` are not kept any more. `asked`: null for its end alone. */
  readonly feed: { events: LiveEvent[]; oldest: number; broken: boolean; readonly asked: (number | null)[] };
  readonly consoles: { readonly protocol: string; readonly socket: WebSocket }[];
  readonly close: () => Promise<void>;
}

const outputs = new Map<Procedure, unknown>();
function outputOf(procedure: Procedure): unknown {
  if (!outputs.has(procedure)) outputs.set(procedure, exampleOf(jsonSchemaOf(procedure.output, 'output')));
  return outputs.get(procedure);
}

export async function fakeRegionStart(
  directory: string,
  key = 'region-1',
  publicKeyFile = join(directory, 'assertion.pub'),
): Promise<FakeRegion> {
  const ca = await caCreate(`${key} CA`);
  const issue = (role: string): Promise<KeyAndCertificate> =>
    identityCreate(ca, { commonName: role, uri: `basalt://region/${key}/${role}`, ips: ['127.0.0.1'], hours: 1 });
  const [server, client] = await Promise.all([issue('region'), issue('gateway')]);
  const files = { certificate: join(directory, key, 'gateway.crt'), key: join(directory, key, 'gateway.key') };
  keyAndCertificateWrite(files, client);
  mkdirSync(join(directory, key), { recursive: true });
  writeFileSync(join(directory, key, 'ca.crt'), ca.certificate);

  const calls: FakeRegion['calls'] = [];
  const answers: FakeRegion['answers'] = new Map();
  const tags: FakeRegion['tags'] = new Map();
  const tagsSaid: FakeRegion['tagsSaid'] = [];
  const trust = { gateway: true };
  let known: { readonly header: string | undefined; readonly actor: ActorAssertion } | null = null;
  const actorOf = async (request: IncomingMessage): Promise<ActorAssertion> => {
    if (!trust.gateway) throw new BasaltError('notSignedIn');
    const { authorization: header } = request.headers;
    if (known && known.header === header) return known.actor;
    const actor = await assertionVerify(await assertionPublicKey(publicKeyFile), key, header);
    known = { header, actor };
    return actor;
  };

  const tree: ProcedureTree = regionProcedures;
  const handlers: Handlers<ProcedureTree, RegionContext> = Object.fromEntries(
    Object.entries(tree).map(([area, verbs]) => [
      area,
      Object.fromEntries(
        Object.entries(verbs).map(([verb, procedure]) => {
          const handler: Handler<Procedure, RegionContext> = async ({ input, ctx }) => {
            const name = `${area}.${verb}`;
            calls.push({ name, input, actor: ctx.actor });
            const given = answers.get(name);
            return given ? given(input) : outputOf(procedure);
          };
          return [verb, handler];
        }),
      ),
    ]),
  );
  const router = routerBuild(tree, handlers, {
    authorise({ procedure, ctx }) {
      const { access } = procedure;
      if (
        access === 'public' ||
        access === 'session' ||
        ctx.actor.permissions === '*' ||
        ctx.actor.permissions.includes(access) ||
        // for which resources is the real region's to say
        ctx.actor.own.includes(access) ||
        ctx.actor.scoped.some(({ permissions }) => permissions.includes(access))
      )
        return;
      throw new BasaltError('permissionMissing', { permission: access });
    },
  });
  const rpc = createHTTPHandler({
    router,
    basePath: `${regionPaths.rpc}/`,
    createContext: async ({ req }): Promise<RegionContext> => {
      const actor = await actorOf(req);
      return { actor, locale: actor.locale, requestId: actor.requestId };
    },
  });

  const streams = new Set<ServerResponse>();
  const resumed: FakeRegion['resumed'] = [];
  const watchers: FakeRegion['watchers'] = [];
  const uploads: FakeRegion['uploads'] = { received: 0, paused: false, resume: () => undefined, refusal: null };
  const log: FakeRegion['log'] = { entries: [], broken: false, asked: [] };
  const logPage = (query: URLSearchParams): RegionLogPage => {
    const after = Number(query.get('after'));
    const entries = log.entries.map((entry) => regionLogEntry.parse(entry));
    return {
      entries: entries.filter(({ id }) => id > after).slice(0, Number(query.get('limit'))),
      head: entries.at(-1)?.id ?? 0,
    };
  };
  const feed: FakeRegion['feed'] = { events: [], oldest: 0, broken: false, asked: [] };
  const feedPage = (after: number | null, limit: number): EventFeedPage => ({
    events:
      after === null
        ? []
        : feed.events.filter(({ sequence }) => sequence > after && sequence >= feed.oldest).slice(0, limit),
    missed: after !== null && after < feed.oldest - 1,
    head: feed.events.at(-1)?.sequence ?? 0,
  });
  const https = createServer(mtlsServerOptions(server, ca.certificate), (request, response) => {
    const url = new URL(request.url ?? '/', 'https://region');
    const json = (status: number, body: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === regionPaths.health) return json(200, { health: 'healthy', version: '0.1.0' });
    if (url.pathname === regionPaths.operationLog) {
      log.asked.push(Number(url.searchParams.get('after')));
      return log.broken || request.headers.authorization !== undefined
        ? json(503, {})
        : json(200, logPage(url.searchParams));
    }
    if (url.pathname === regionPaths.eventFeed) {
      const after = url.searchParams.get('after');
      const place = after === null ? null : Number(after);
      feed.asked.push(place);
      return feed.broken ? json(503, {}) : json(200, feedPage(place, Number(url.searchParams.get('limit') ?? 500)));
    }
    if (url.pathname.startsWith(regionPaths.rpc)) {
      const tag = tags.get(url.pathname.slice(regionPaths.rpc.length + 1));
      if (tag === undefined) return rpc(request, response);
      const said = request.headers['if-none-match'] ?? null;
      tagsSaid.push(said);
      if (said === tag) return void response.writeHead(304).end();
      return rpc(request, response.setHeader('etag', tag));
    }
    actorOf(request).then(
      (actor) => {
        if (url.pathname === regionPaths.events) {
          resumed.push(url.searchParams.get('after'));
          watchers.push(actor);
          response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
          streams.add(response);
          response.once('close', () => streams.delete(response));
        } else if (url.pathname.startsWith(regionPaths.upload)) {
          const { refusal } = uploads;
          if (refusal) return json(refusal.status, { error: refusal.shape('en-US') });
          if (uploads.paused) {
            request.pause();
            uploads.resume = () => request.resume();
          }
          request.on('data', (chunk: Buffer) => (uploads.received += chunk.length));
          if (uploads.paused) request.pause();
          request.on('end', () => json(200, { received: uploads.received }));
        } else json(404, {});
      },
      () => json(401, {}),
    );
  });
  const consoles: FakeRegion['consoles'] = [];
  const wss = new WebSocketServer({ noServer: true, handleProtocols: () => 'basalt.console' });
  https.on('upgrade', (request, socket, head) => {
    actorOf(request).then(
      () =>
        wss.handleUpgrade(request, socket, head, (ws) => {
          consoles.push({ protocol: request.headers['sec-websocket-protocol'] ?? '', socket: ws });
          ws.on('error', () => undefined);
          ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
        }),
      () => socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n'),
    );
  });
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  const { port } = https.address() as AddressInfo;
  return {
    key,
    port,
    entry: {
      key,
      name: `Region ${key}`,
      endpoint: `https://127.0.0.1:${port}`,
      ca: `${key}/ca.crt`,
      cert: `${key}/gateway.crt`,
      key_file: `${key}/gateway.key`,
    },
    calls,
    trust,
    answers,
    tags,
    tagsSaid,
    resumed,
    watchers,
    uploads,
    log,
    feed,
    consoles,
    emit: (sequence, data) => {
      for (const stream of streams) stream.write(`id: ${sequence}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    close: () =>
      new Promise((resolve) => {
        for (const ws of wss.clients) ws.terminate();
        https.close(() => resolve());
        https.closeAllConnections();
      }),
  };
}
