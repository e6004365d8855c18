/**
 * `/api/v1/console`: browser → gateway → region. The handshake is checked here (Origin, session, ticket, permission) and
 * made anew towards the region that the ticket was made by; after it both sockets are spliced. Frames are not taken apart:
 * the streams' own back-pressure holds, and an idle console costs two sockets. Nothing of the target comes from the client.
 */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { BasaltError, regionPaths } from '@basalt/contract';
import { closeAfterWrites, tlsUpgrade, UpgradeRefused, type Upgraded } from '@basalt/service';
import type { Parts } from '../parts.ts';
import type { SignedIn } from '../identity/signed-in.ts';
import { regionGranted } from '../regions/region-call.ts';
import type { RegionLink } from '../regions/region-registry.ts';
import { tokenHash } from '../identity/token.ts';
import { consoleTicketTake } from '../store/console-ticket-store.ts';
import { accessCheck } from './authorise.ts';
import { errorOf } from './error-answer.ts';
import { contextOf, type GatewayContext } from './context.ts';
import { sessionWatch } from './session-watch.ts';

export const CONSOLE_PATH = '/api/v1/console';
const PROTOCOL = 'basalt.console';
const CONNECT_MS = 10_000;

const open = new Map<string, number>();
/** Consoles open now, for the metrics. */
export const consolesOpen = (): number => [...open.values()].reduce((sum, n) => sum + n, 0);

function ticketOf(request: IncomingMessage): string {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  const ticket = offered.find((part) => part.startsWith('ticket.'))?.slice('ticket.'.length);
  if (!ticket || ticket.length > 256 || !/^[\w.~-]+$/u.test(ticket) || !offered.includes(PROTOCOL))
    throw new BasaltError('consoleTicketInvalid');
  return ticket;
}

function handshakeKey(request: IncomingMessage): string {
  const key = request.headers['sec-websocket-key'] ?? '';
  const isHandshake =
    request.method === 'GET' &&
    request.headers.upgrade?.toLowerCase() === 'websocket' &&
    request.headers['sec-websocket-version'] === '13' &&
    /^[A-Za-z0-9+/]{22}==$/u.test(key);
  if (!isHandshake) throw new BasaltError('invalidInput', { field: 'request', rule: 'WebSocket' });
  return key;
}

interface Admitted {
  readonly ctx: GatewayContext;
  readonly session: SignedIn;
  readonly link: RegionLink;
  readonly ticket: string;
  readonly key: string;
}

/** @throws BasaltError crossSite, invalidInput, notSignedIn, permissionMissing, consoleTicketInvalid, tooManyRequests. */
async function admit(parts: Parts, request: IncomingMessage): Promise<Admitted> {
  // a browser always sends Origin with a handshake; whoever sends none is no page of ours
  if (!request.headers.origin || !parts.publicOrigins.has(request.headers.origin)) throw new BasaltError('crossSite');
  const key = handshakeKey(request);
  const ctx = await contextOf(parts, request, true);
  accessCheck({ name: 'vm.console', procedure: { access: 'vm:console', kind: 'mutation' }, ctx });
  if (!ctx.session) throw new BasaltError('notSignedIn');
  if ((open.get(ctx.session.sessionId) ?? 0) >= parts.settings.console.perSession)
    throw new BasaltError('tooManyRequests', { seconds: 60 });
  const ticket = ticketOf(request);
  const taken = await consoleTicketTake(parts.db, tokenHash(ticket), ctx.session.sessionId);
  if (!taken) throw new BasaltError('consoleTicketInvalid');
  return { ctx, session: ctx.session, link: regionGranted(parts, ctx, taken.region), ticket, key };
}

/** The same handshake towards the region, with its own identity and ours. @throws BasaltError. */
function connect({ link, ticket, key }: Admitted, authorization: string): Promise<Upgraded> {
  const { hostname, port } = new URL(link.origin);
  return tlsUpgrade({
    tls: link.tls,
    host: hostname,
    port: Number(port || 443),
    path: regionPaths.console,
    deadline: CONNECT_MS,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
      'sec-websocket-protocol': `${PROTOCOL}, ticket.${ticket}`,
      authorization,
    },
  }).catch((cause: unknown) => {
    if (cause instanceof UpgradeRefused)
      throw new BasaltError(cause.status === 403 || cause.status === 401 ? 'consoleTicketInvalid' : 'unavailable');
    throw new BasaltError('regionUnreachable', { region: link.name }, { cause });
  });
}

function refuse(socket: Duplex, error: BasaltError): void {
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\nx-basalt-error: ${error.code}\r\n\r\n`,
  );
}

function splice(parts: Parts, { session, ctx }: Admitted, client: Socket, region: Upgraded): void {
  const { sessionId } = session;
  open.set(sessionId, (open.get(sessionId) ?? 0) + 1);
  const idleMs = parts.settings.console.idleMinutes * 60_000;
  const close = (why: string): void => {
    client.destroy();
    region.socket.destroy();
    if (done) return;
    done = true;
    clearInterval(idle);
    unwatch();
    const left = (open.get(sessionId) ?? 1) - 1;
    if (left > 0) open.set(sessionId, left);
    else open.delete(sessionId);
    parts.log.info({ requestId: ctx.requestId, why }, 'console closed');
  };
  let done = false;
  let read = client.bytesRead;
  let lastRead = Date.now();
  const idle = setInterval(
    () => {
      if (client.bytesRead !== read) lastRead = Date.now();
      else if (Date.now() - lastRead >= idleMs) close('idle');
      read = client.bytesRead;
    },
    Math.min(30_000, idleMs),
  );
  const unwatch = sessionWatch(parts, session, () => close('session ended'), ctx.address);
  client.setNoDelay(true);
  for (const socket of [client, region.socket]) socket.once('error', () => close('broken'));
  client.once('close', () => close('closed'));
  region.relayTo(client);
  client.pipe(region.socket);
  // its last words, the frame that says why, still go out
  region.socket.once('close', () => closeAfterWrites(client));
}

/** Takes over an upgrade at {@link CONSOLE_PATH}. Never throws: what is refused is answered with its status. */
export async function consoleUpgrade(
  parts: Parts,
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
): Promise<void> {
  client.setTimeout(0);
  client.once('error', () => client.destroy());
  try {
    const admitted = await admit(parts, request);
    const region = await connect(
      admitted,
      await parts.vouch(admitted.link.key, admitted.session, admitted.ctx, 'mutation'),
    );
    if (client.destroyed) return void region.socket.destroy();
    client.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${region.headers.get('sec-websocket-accept') ?? ''}\r\nsec-websocket-protocol: ${PROTOCOL}\r\n\r\n`,
    );
    if (head.length > 0) region.socket.write(head);
    splice(parts, admitted, client, region);
  } catch (error) {
    const found = errorOf(error);
    parts.log[found.status >= 500 ? 'warn' : 'info']({ error, code: found.code }, 'console refused');
    if (!client.destroyed) refuse(client, found);
  }
}
