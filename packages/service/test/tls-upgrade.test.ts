import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Writable, type Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { caCreate, identityCreate, type KeyAndCertificate } from '../src/pki.ts';
import { mtlsClientOptions, mtlsServerOptions } from '../src/tls.ts';
import { tlsUpgrade, UpgradeRefused, type Upgraded } from '../src/tls-upgrade.ts';

const expected = 'basalt://region/r1/host/h1';
let server: Server;
let authority: KeyAndCertificate;
let client: KeyAndCertificate;
const upgraded = new Set<Duplex>();
/** What the server does with an upgrade. */
let answer: (socket: Duplex) => void = () => undefined;

beforeAll(async () => {
  authority = await caCreate('test');
  const own = await identityCreate(authority, { commonName: 'host', uri: expected, hours: 1 });
  client = await identityCreate(authority, { commonName: 'region', uri: 'basalt://region/r1/region', hours: 1 });
  server = createServer(mtlsServerOptions(own, authority.certificate));
  server.on('upgrade', (_request, socket: Duplex) => {
    upgraded.add(socket);
    socket.on('error', () => socket.destroy());
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const socket of upgraded) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const ask = (identity = expected, deadline = 5_000): Promise<Upgraded> =>
  tlsUpgrade({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    path: '/somewhere',
    headers: { connection: 'Upgrade', upgrade: 'bytes' },
    tls: mtlsClientOptions({ own: client, ca: authority.certificate, expected: identity }),
    deadline,
  });
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nX-Said: yes\r\n\r\n';

test('[VM-15] bytes come as they were sent, from the first behind the answer to the last before the end, however slowly they are taken', async () => {
  const sent = createHash('sha256');
  let waits = 0;
  answer = (socket) => {
    // sizes around those of TLS records and of the relay's own blocks
    const sizes = [1, 16_383, 16_384, 16_385, 65_536, 200_000, 393_216, 1_000_000];
    const chunks = Array.from({ length: 48 }, (_, i) => randomBytes(sizes[i % sizes.length] ?? 1));
    for (const chunk of chunks) sent.update(chunk);
    const [first = Buffer.alloc(0), ...rest] = chunks;
    socket.write(Buffer.concat([Buffer.from(SWITCHED), first]));
    const next = (): void => {
      for (let chunk = rest.shift(); chunk; chunk = rest.shift()) {
        if (socket.write(chunk)) continue;
        waits += 1;
        return void socket.once('drain', next);
      }
      socket.end();
    };
    next();
  };
  const { socket, headers, relayTo } = await ask();
  expect(headers.get('x-said')).toBe('yes');
  const got = createHash('sha256');
  let taken = 0;
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      // the memory is lent: it has to stay as it is until `done`
      const seen = createHash('sha256').update(chunk).digest('hex');
      taken += 1;
      const finish = (): void => {
        expect(createHash('sha256').update(chunk).digest('hex')).toBe(seen);
        got.update(chunk);
        done();
      };
      if (taken % 3 === 0) setTimeout(finish, 3);
      else setImmediate(finish);
    },
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  relayTo(slow);
  await closed;
  await new Promise<void>((resolve) => slow.end(resolve));
  expect(got.digest('hex')).toBe(sent.digest('hex'));
  expect(waits).toBeGreaterThan(0);
});

test('[VM-15] nothing is read ahead of whoever does not take it', async () => {
  const sent: { bytes: number } = { bytes: 0 };
  let full = false;
  answer = (socket) => {
    socket.write(SWITCHED);
    const block = Buffer.alloc(256 * 1024);
    const push = (): void => {
      full = false;
      while (sent.bytes < 256 * 1024 ** 2) {
        sent.bytes += block.length;
        if (!socket.write(block)) return void ((full = true), socket.once('drain', push));
      }
    };
    push();
  };
  const { socket, relayTo } = await ask();
  relayTo(new Writable({ write: () => undefined }));
  let before = -1;
  await expect
    .poll(
      async () => {
        const stands = full && before === sent.bytes;
        before = sent.bytes;
        await sleep(50);
        return stands;
      },
      { timeout: 5_000 },
    )
    .toBe(true);
  expect(sent.bytes).toBeLessThan(32 * 1024 ** 2);
  socket.destroy();
});

test('[VM-15] a refusal tells its status; silence and a stranger are errors', async () => {
  answer = (socket) => void socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
  await expect(ask()).rejects.toMatchObject({ status: 403, constructor: UpgradeRefused });
  answer = (socket) => void socket.end('RFB 003.008\n');
  await expect(ask()).rejects.toThrow('closed without an answer');
  answer = () => undefined;
  await expect(ask(expected, 200)).rejects.toThrow('no answer');
  await expect(ask('basalt://region/r1/host/h2')).rejects.toThrow('expected basalt://region/r1/host/h2');
});
