/** A receiver of webhooks on loopback, by HTTP or HTTPS, that keeps what it gets and answers as it is told. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { webhookMessage, type WebhookMessage } from '@basalt/contract';
import { identityCreate, type KeyAndCertificate } from '@basalt/service';

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly path: string;
  readonly body: string;
  readonly message: WebhookMessage;
}

export type Answerer = (received: Received, response: ServerResponse) => void;

export interface WebhookSink {
  readonly port: number;
  readonly url: string;
  /** Everything that came, taken or not. */
  readonly received: Received[];
  /** Sequence numbers of events in messages that were taken, in the order in which they were. */
  readonly taken: number[];
  /** Addresses that connected. */
  readonly peers: string[];
  /** How it answers; by default it takes everything. */
  answer: Answerer;
  readonly close: () => Promise<void>;
}

export const takes: Answerer = (_received, response) => void response.writeHead(204).end();
export const refuses =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = 'not now'): Answerer =>
  (_received, response) =>
    void response.writeHead(status, headers).end(body);
export const hangs: Answerer = () => undefined;

export async function webhookSinkOpen(authority: KeyAndCertificate | null = null, port = 0): Promise<WebhookSink> {
  const received: Received[] = [];
  const taken: number[] = [];
  const peers: string[] = [];
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      const one: Received = {
        headers: request.headers,
        path: request.url ?? '',
        body,
        message: webhookMessage.parse(JSON.parse(body)),
      };
      received.push(one);
      response.once('finish', () => {
        if (response.statusCode < 300) taken.push(...one.message.events.map(({ sequence }) => sequence));
      });
      sink.answer(one, response);
    });
  };
  const identity =
    authority &&
    (await identityCreate(authority, {
      commonName: 'localhost',
      uri: 'basalt://test/webhook',
      ips: ['127.0.0.1'],
      hours: 1,
    }));
  const server = identity
    ? createHttpsServer({ key: identity.key, cert: identity.certificate }, listener)
    : createServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    peers.push(socket.remoteAddress ?? '');
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  const sink: WebhookSink = {
    port: bound,
    url: `${identity ? 'https' : 'http'}://127.0.0.1:${bound}/hook`,
    received,
    taken,
    peers,
    answer: takes,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return sink;
}
