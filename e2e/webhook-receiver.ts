/** A receiver of webhooks in the test's own process: keeps what comes, and answers what a test wants answered. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webhookMessage, type WebhookMessage } from '@basalt/contract';
import { WebhookError, webhookVerify } from '../packages/sdk/src/webhook.ts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly message: WebhookMessage;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on. */
  answer: { status: number; body: string };
  readonly close: () => Promise<void>;
}

/** Listens on a loopback port of its own choice. */
export async function webhookReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ headers: request.headers, body, message: webhookMessage.parse(JSON.parse(body)) });
      response.writeHead(receiver.answer.status, { 'content-type': 'text/plain' }).end(receiver.answer.body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    received,
    answer: { status: 204, body: '' },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}

/** Whether a message carries a signature of this secret, as a receiver finds out by the SDK. */
export async function isSignedWith(secret: string, { headers, body }: Received): Promise<boolean> {
  try {
    await webhookVerify(headers, body, secret);
    return true;
  } catch (error) {
    if (error instanceof WebhookError && error.fault === 'signature') return false;
    throw error;
  }
}
