/**
 * The one thing that listens on a host: HTTPS with mutual TLS, for the region and nobody else. The handshake refuses a
 * client without a certificate of the region's authority; every request is refused whose certificate is not the region's.
 *
 * Plain node:https with a router of four paths.
 */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { agentPaths } from '@basalt/contract/agent/index';
import { locale as localeOf } from '@basalt/contract';
import { newId } from '@basalt/service/ids';
import type { KeyAndCertificate } from '@basalt/service/pki';
import { mtlsServerOptions, peerIdentityOf } from '@basalt/service/tls';
import { asked } from '../ensure.ts';
import type { AgentHost, ConsoleKind, HostLog } from '../host.types.ts';
import { consoleJoin, handshakeAnswer } from './console-socket.ts';
import { eventsServe } from './events-stream.ts';
import { rpcServe } from './rpc-door.ts';

const METRICS_DEADLINE_MS = 8000;

export interface DoorOptions {
  readonly own: KeyAndCertificate;
  readonly ca: string;
  /** The only client: `basalt://region/<key>/region`. */
  readonly region: string;
  readonly address: string;
  readonly port: number;
  /** Which host a path belongs to, and the rest of the path; null = nobody's. */
  readonly resolve: (path: string) => { readonly host: AgentHost; readonly rest: string } | null;
  /** Which certificate answers for a server name: several simulated hosts share one port. */
  readonly certificateFor?: (serverName: string) => KeyAndCertificate | null;
  readonly log: HostLog;
}

export interface Door {
  readonly port: number;
  /** New connections get this certificate; old ones go on. */
  certificateUse(own: KeyAndCertificate, ca: string): void;
  close(): Promise<void>;
}

const secureOptionsOf = (own: KeyAndCertificate, ca: string): SecureContextOptions => ({
  cert: own.certificate,
  key: own.key,
  ca,
  minVersion: 'TLSv1.3',
});
const secureContextOf = (own: KeyAndCertificate, ca: string): SecureContext =>
  createSecureContext(secureOptionsOf(own, ca));

const plain = (response: ServerResponse, status: number, text: string): void =>
  void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/';

/** @throws Error when the address cannot be listened on. */
export async function doorOpen(options: DoorOptions): Promise<Door> {
  const { log, resolve } = options;
  const identities = new WeakMap<object, string | null>();
  const mayCall = (socket: TLSSocket): boolean => {
    if (!identities.has(socket)) identities.set(socket, peerIdentityOf(socket));
    return identities.get(socket) === options.region;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!mayCall(request.socket as TLSSocket)) return plain(response, 403, 'not the region');
    const path = pathOf(request);
    const found = resolve(path);
    if (!found) return plain(response, 404, 'no such host');
    const { host, rest } = found;
    if (rest.startsWith(`${agentPaths.rpc}/`)) {
      const locale = localeOf.safeParse(request.headers['accept-language']);
      const given = request.headers['x-request-id'];
      return rpcServe(request, response, rest.slice(agentPaths.rpc.length + 1), {
        host,
        locale: locale.data ?? 'zh-CN',
        requestId: typeof given === 'string' ? given : newId(),
      });
    }
    if (request.method !== 'GET') return plain(response, 405, 'GET only');
    if (rest === agentPaths.events) return eventsServe(host.events, request, response);
    if (rest === agentPaths.metrics) {
      const text = await asked(host, 'metrics', METRICS_DEADLINE_MS, (limit) => host.metrics(limit));
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
      return;
    }
    plain(response, 404, 'no such path');
  };

  const { certificateFor } = options;
  const tls = mtlsServerOptions(options.own, options.ca);
  if (certificateFor) {
    // one for each certificate and not for each connection: it is read again by every handshake otherwise
    const contexts = new WeakMap<KeyAndCertificate, SecureContext>();
    const contextFor = (own: KeyAndCertificate): SecureContext => {
      const context = contexts.get(own) ?? secureContextOf(own, options.ca);
      contexts.set(own, context);
      return context;
    };
    tls.SNICallback = (name, done) => {
      const found = certificateFor(name);
      done(null, found ? contextFor(found) : undefined);
    };
  }
  const server: Server = createServer(tls, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      log.error({ error, path: pathOf(request) }, 'request failed');
      if (response.headersSent) response.destroy();
      else plain(response, 500, 'failed');
    });
  });
  server.on('tlsClientError', (error, socket) => {
    log.warn({ reason: error.message, peer: socket.remoteAddress }, 'connection refused');
  });
  const consoles = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refuse = (status: string): void => void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
    socket.on('error', () => socket.destroy());
    if (!mayCall(request.socket as TLSSocket)) return refuse('403 Forbidden');
    const found = resolve(pathOf(request));
    const match = found && /^\/v1\/console\/([0-9a-f-]{36})\/(vnc|serial)$/u.exec(found.rest);
    if (!found || !match?.[1]) return refuse('404 Not Found');
    const [, vmId, kind] = match;
    if (!handshakeAnswer(request, socket)) return;
    consoles.add(socket);
    socket.once('close', () => consoles.delete(socket));
    consoleJoin(socket, head, found.host.files.consoleSocket(vmId, kind as ConsoleKind), log);
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(options.port, options.address, () => {
      server.off('error', fail);
      done();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    certificateUse: (own, ca) => server.setSecureContext(secureOptionsOf(own, ca)),
    close: async () => {
      for (const socket of consoles) socket.destroy();
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}
