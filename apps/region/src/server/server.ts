/**
 * The region's door: one port, mutual TLS. The gateway (by its certificate) may call everything, each request with the
 * assertion of who acts; a host may renew its certificate; whoever has no certificate may read the authority's and try a
 * one-time token. Nothing else is answered.
 */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BasaltError, imageId, REGION_LOG_LIMIT, regionPaths, type Locale } from '@basalt/contract';
import { z } from 'zod';
import { operationFeed } from '../store/operation-log.ts';
import { mtlsServerOptions, type KeyAndCertificate, type Registry } from '@basalt/service';
import type { Context, RegionServices } from '../domain/context.ts';
import { permissionDemand } from '../domain/rights.ts';
import { imageReceive } from '../domain/image/upload.ts';
import { requestIdOf, type ActorCheck } from './actor.ts';
import type { ConsoleDoor } from './console-door.ts';
import { enrolServe } from './enrol-door.ts';
import { eventFeed } from './event-feed.ts';
import type { LiveHub } from './live-hub.ts';
import { liveServe } from './live-door.ts';
import { peerOf } from './peers.ts';
import { respondError, respondJson } from './respond.ts';
import { rpcDoor } from './rpc-door.ts';

export interface ServerOptions {
  readonly services: RegionServices;
  readonly own: KeyAndCertificate;
  readonly actor: ActorCheck;
  readonly hub: LiveHub;
  readonly consoles: ConsoleDoor;
  readonly metrics: Registry;
  /** Whether the engines that the region stands on answer; for the gateway's list of regions. */
  readonly health: () => Promise<'healthy' | 'degraded'>;
  readonly host: string;
  readonly port: number;
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/';
const feedInput = z.object({
  after: z.coerce.number().int().nonnegative(),
  limit: z.coerce.number().int().positive().default(REGION_LOG_LIMIT),
});
const uploadPath = new RegExp(`^${regionPaths.upload}/([0-9a-f-]{36})/content$`, 'u');

export async function serverOpen(options: ServerOptions): Promise<Server> {
  const { services, own, hub, consoles } = options;
  const { key } = services.region;
  const rpc = rpcDoor();
  const rpcPrefix = `${regionPaths.rpc}/`;

  const contextOf = async (request: IncomingMessage): Promise<Context> => {
    const actor = await options.actor(request.headers.authorization);
    return { services, actor, locale: actor.locale, requestId: requestIdOf(request, actor) };
  };

  const upload = async (request: IncomingMessage, response: ServerResponse, id: string): Promise<void> => {
    const ctx = await contextOf(request);
    permissionDemand(ctx.actor, 'image:upload');
    const offset = new URL(request.url ?? '/', 'http://region').searchParams.get('offset') ?? '';
    if (!/^\d{1,15}$/u.test(offset)) throw new BasaltError('invalidInput', { field: 'offset', rule: '0…' });
    const length = Number(request.headers['content-length'] ?? Number.NaN);
    const image = await imageReceive(ctx, imageId.parse(id), {
      offset: Number(offset),
      length: Number.isSafeInteger(length) ? length : null,
      bytes: request,
    });
    respondJson(response, 200, image);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    const peer = peerOf(request, key);
    if (await enrolServe(services, request, response, path, peer)) return;
    if (peer?.kind !== 'gateway') throw new BasaltError('notSignedIn', {}, { detail: `no gateway asked for ${path}` });
    if (path.startsWith(rpcPrefix))
      return rpc(request, response, path.slice(rpcPrefix.length), await contextOf(request));
    if (path === regionPaths.health) {
      const health = await options.health();
      return respondJson(response, 200, { version: services.region.version, health, name: services.region.name });
    }
    if (path === regionPaths.events && request.method === 'GET') {
      const ctx = await contextOf(request);
      return liveServe(hub, request, response, ctx.actor);
    }
    if (path === regionPaths.operationLog && request.method === 'GET') {
      const { searchParams } = new URL(request.url ?? '/', 'http://region');
      const asked = feedInput.safeParse(Object.fromEntries(searchParams));
      if (!asked.success) throw new BasaltError('invalidInput', { field: 'after', rule: '0…' });
      return respondJson(response, 200, await operationFeed(services.db, asked.data.after, asked.data.limit));
    }
    if (path === regionPaths.eventFeed && request.method === 'GET') {
      const { searchParams } = new URL(request.url ?? '/', 'http://region');
      return respondJson(response, 200, await eventFeed(services.db, searchParams));
    }
    const image = uploadPath.exec(path);
    if (image?.[1] && request.method === 'PUT') return upload(request, response, image[1]);
    if (path === regionPaths.metrics) {
      response.writeHead(200, { 'content-type': options.metrics.contentType }).end(await options.metrics.metrics());
      return;
    }
    throw new BasaltError('notFound', { kind: 'path' });
  };

  const server = createServer(mtlsServerOptions(own, services.ca.certificate, 'optional'), (request, response) => {
    handle(request, response).catch((error: unknown) => {
      const locale: Locale = request.headers['accept-language']?.startsWith('en') ? 'en-US' : 'zh-CN';
      const failed = !(error instanceof BasaltError) || error.status >= 500;
      if (failed) services.log.error({ error, path: pathOf(request) }, 'a request failed');
      if (response.headersSent) return void response.destroy();
      // what is left of a refused upload is not read
      if (!request.complete) response.setHeader('connection', 'close');
      respondError(response, error, locale, null);
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket, head: Buffer) => {
    const isConsole = pathOf(request) === regionPaths.console && peerOf(request, key)?.kind === 'gateway';
    if (!isConsole) return void socket.destroy();
    void consoles.upgrade(request, socket, head, () => options.actor(request.headers.authorization));
  });
  server.on('tlsClientError', (error) => services.log.debug({ error }, 'a TLS handshake failed'));
  server.requestTimeout = 300_000;
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return server;
}
