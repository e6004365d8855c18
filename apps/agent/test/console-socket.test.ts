import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as httpServer } from 'node:http';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { consoleJoin, handshakeAnswer } from '../src/door/console-socket.ts';
import { poll } from './poll.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let directory = '';
let path = '';
let guest: Server;
let guests: Socket[] = [];
const http = httpServer();
const upgraded: Duplex[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'console-'));
  path = join(directory, 'vnc');
  guests = [];
  guest = createServer((socket) => guests.push(socket));
  await new Promise<void>((done) => guest.listen(path, done));
  if (!http.listening) await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
});
afterEach(() => {
  for (const socket of guests) socket.destroy();
  guest.close();
  for (const socket of upgraded.splice(0)) socket.destroy();
  rmSync(directory, { recursive: true, force: true });
  http.unref();
});

async function dial(to: string | null): Promise<WebSocket> {
  http.once('upgrade', (request, socket, head) => {
    upgraded.push(socket);
    if (handshakeAnswer(request, socket)) consoleJoin(socket, head, to, quiet);
  });
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  await new Promise((done, fail) => client.once('open', done).once('error', fail));
  return client;
}
const closed = (client: WebSocket): Promise<number> => new Promise((done) => client.once('close', done));

test('[VM-15] bytes pass both ways, and the end of the guest’s socket is the end', async () => {
  const client = await dial(path);
  const got: Buffer[] = [];
  client.on('message', (data: Buffer) => got.push(data));
  const target = await poll('the guest is reached', 2000, () => guests[0]);
  target.write('RFB 003.008\n');
  await poll('greeting', 2000, () => Buffer.concat(got).toString() === 'RFB 003.008\n');
  const heard: Buffer[] = [];
  target.on('data', (chunk: Buffer) => heard.push(chunk));
  client.send(Buffer.from([1, 2, 0, 255]));
  await poll('answer', 2000, () => Buffer.concat(heard).equals(Buffer.from([1, 2, 0, 255])));
  const code = closed(client);
  target.destroy();
  expect(await code).toBe(4410);
});

test('[VM-15] a reader that stands still holds the guest’s side back', async () => {
  const client = await dial(path);
  const target = await poll('the guest is reached', 2000, () => guests[0]);
  client.pause();
  const block = Buffer.alloc(1024 * 1024);
  let taken = 0;
  const push = (): void => {
    for (let more = true; more && taken < 64; taken += 1) more = target.write(block);
  };
  target.on('drain', push);
  push();
  let before = -1;
  await poll('the guest has to wait', 5000, async () => {
    const stands = before === taken && target.writableNeedDrain;
    before = taken;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return stands;
  });
  expect(taken).toBeLessThan(32);
  let received = 0;
  client.on('message', (data: Buffer) => (received += data.length));
  client.resume();
  await poll('everything arrives', 10_000, () => taken === 64 && received >= 64 * block.length);
});

test('[VM-15] no socket, no console', async () => {
  expect(await closed(await dial(null))).toBe(4404);
  expect(await closed(await dial(join(directory, 'nothing')))).toBe(4404);
});

test('[VM-15] a viewer that ends its half leaves nothing open at the guest', async () => {
  const port = (http.address() as AddressInfo).port;
  http.once('upgrade', (request, socket, head) => {
    upgraded.push(socket);
    if (handshakeAnswer(request, socket)) consoleJoin(socket, head, path, quiet);
  });
  const viewer = createConnection(port, '127.0.0.1');
  upgraded.push(viewer);
  viewer.write(
    'GET / HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  const target = await poll('the guest is reached', 2000, () => guests[0]);
  const ended = new Promise((done) => target.once('close', done));
  target.on('error', () => undefined).resume();
  viewer.on('error', () => undefined).resume();
  viewer.end();
  await ended;
  await poll('the viewer is let go', 2000, () => viewer.destroyed);
});
