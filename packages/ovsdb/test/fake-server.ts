/** A scripted OVSDB server on a unix socket: answers as told, at the level of bytes when need be. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonStream } from '../src/json-stream.ts';

export interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly id: unknown;
  readonly socket: Socket;
}

/** Return the result to answer with, an Error for a JSON-RPC error, or undefined to stay silent. */
export type Handler = (call: Call) => unknown;

export interface FakeServer {
  readonly endpoint: string;
  readonly sockets: Set<Socket>;
  readonly calls: Call[];
  handler: Handler;
  stop(): Promise<void>;
}

/** Answers `_Server` monitors like a standalone server that serves the database. */
export function standalone(database: string, next: Handler): Handler {
  return (call) => {
    if (call.method === 'monitor_cond_since' && call.params[0] === '_Server') {
      const row = { name: database, model: 'standalone', connected: true, leader: true };
      return [false, '00000000-0000-0000-0000-000000000000', { Database: { 'a-b': { initial: row } } }];
    }
    return next(call);
  };
}

export async function startFake(handler: Handler): Promise<FakeServer> {
  const dir = await mkdtemp(join(tmpdir(), 'ovsdb-fake-'));
  const path = join(dir, 'sock');
  const sockets = new Set<Socket>();
  const calls: Call[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    const stream = new JsonStream(64 << 20);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      for (const message of stream.push(chunk) as { method?: string; params?: unknown[]; id: unknown }[]) {
        if (message.method === undefined) {
          calls.push({ method: 'reply', params: [message], id: message.id, socket });
          continue;
        }
        const call = { method: message.method, params: message.params ?? [], id: message.id, socket };
        calls.push(call);
        const result = fake.handler(call);
        if (result === undefined) continue;
        const reply =
          result instanceof Error
            ? { id: call.id, result: null, error: result.message }
            : { id: call.id, result, error: null };
        socket.write(JSON.stringify(reply));
      }
    });
  });
  const fake: FakeServer = {
    endpoint: `unix:${path}`,
    sockets,
    calls,
    handler,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(dir, { recursive: true, force: true });
    },
  };
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return fake;
}
