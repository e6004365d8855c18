import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { TestPostgres } from '@basalt/service';
import { consolesOpen } from '../src/http/console-door.ts';
import { securityDefaults } from '../src/identity/security-settings.ts';
import { doorOpen, postgresOpen, rest, type Door } from './harness.ts';

const VM = '01890000-0000-7000-8000-000000000001';
const MIB = 1024 ** 2;
const IDLE_MS = 1_000;

let postgres: TestPostgres;
const clients = new Set<{ terminate: () => void }>();
beforeAll(async () => {
  postgres = await postgresOpen();
}, 60_000);
afterAll(() => postgres?.[Symbol.asyncDispose]());
afterEach(() => {
  for (const client of clients) client.terminate();
  clients.clear();
});

async function opened(door: Door): Promise<{ cookie: string; ticket: string }> {
  const cookie = await door.signIn('admin@basalt.local');
  const ticket = randomBytes(16).toString('hex');
  door.region.answers.set('vm.console', () => ({
    ticket,
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    protocol: 'vnc',
  }));
  await rest(door, 'POST', `/regions/region-1/vms/${VM}/actions/console`, { cookie, body: {} });
  return { cookie, ticket };
}

/** A browser and the region's end of its console. */
async function viewer(door: Door): Promise<{ client: WebSocket; region: WebSocket }> {
  const { cookie, ticket } = await opened(door);
  const client = new WebSocket(
    `${door.url.replace('http', 'ws')}/api/v1/console`,
    ['basalt.console', `ticket.${ticket}`],
    { origin: door.url, headers: { cookie } },
  );
  clients.add(client);
  client.on('error', () => undefined);
  await new Promise((resolve) => client.once('open', resolve));
  const region = door.region.consoles.at(-1)?.socket;
  if (!region) throw new Error('the region was not asked');
  return { client, region };
}

/** The same without a WebSocket's manners: the bare connection after the handshake. */
async function bareViewer(door: Door): Promise<Socket> {
  const { cookie, ticket } = await opened(door);
  const asked = request(`${door.url}/api/v1/console`, {
    headers: {
      cookie,
      origin: door.url,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-protocol': `basalt.console, ticket.${ticket}`,
    },
  });
  asked.end();
  const socket = await new Promise<Socket>((resolve, reject) => {
    asked.once('upgrade', (_answer, upgraded) => resolve(upgraded));
    asked.once('error', reject);
  });
  clients.add({ terminate: () => socket.destroy() });
  socket.on('error', () => undefined);
  return socket;
}

const gone = (socket: WebSocket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve));

describe('what a console passes on', () => {
  let door: Door;
  beforeAll(async () => {
    door = await doorOpen(postgres);
    await door.accountAdd('admin@basalt.local', 'systemAdmin');
  }, 60_000);
  afterAll(() => door?.close());

  it('[VM-15] waits for a browser that does not read, and is complete when it does', async () => {
    const { client, region } = await viewer(door);
    client.pause();
    const block = randomBytes(MIB);
    const blocks = 96;
    const whole = createHash('sha256');
    for (let n = 0; n < blocks; n += 1) whole.update(block);
    let taken = 0;
    // the next is sent when the one before has left the region's process
    const push = (): void => {
      if (taken < blocks) region.send(block, (error) => error ?? ((taken += 1), push()));
    };
    push();
    let before = -1;
    await expect
      .poll(
        () => {
          const stands = taken === before;
          before = taken;
          return stands;
        },
        { timeout: 10_000, interval: 100 },
      )
      .toBe(true);
    // what the kernel's buffers hold, and one block
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(32);
    const got = createHash('sha256');
    let received = 0;
    client.on('message', (data: Buffer) => {
      got.update(data);
      received += data.length;
    });
    client.resume();
    await expect.poll(() => received, { timeout: 20_000 }).toBe(blocks * MIB);
    expect(got.digest('hex')).toBe(whole.digest('hex'));
  }, 40_000);

  it('[VM-15] ends when the browser ends its half', async () => {
    const socket = await bareViewer(door);
    const region = door.region.consoles.at(-1)?.socket;
    if (!region) throw new Error('the region was not asked');
    const before = consolesOpen();
    const ended = gone(region);
    socket.end();
    await ended;
    await expect.poll(() => consolesOpen()).toBe(before - 1);
    await expect.poll(() => socket.destroyed).toBe(true);
  });

  it('[VM-15] ends at the browser when the region’s connection breaks', async () => {
    const { client, region } = await viewer(door);
    const before = consolesOpen();
    const ended = gone(client);
    region.terminate();
    await ended;
    await expect.poll(() => consolesOpen()).toBe(before - 1);
  });
});

describe('a console that nobody uses', () => {
  let door: Door;
  beforeAll(async () => {
    const console = { ...securityDefaults.console, idleMinutes: IDLE_MS / 60_000 };
    door = await doorOpen(postgres, { settings: { console } });
    await door.accountAdd('admin@basalt.local', 'systemAdmin');
  }, 60_000);
  afterAll(() => door?.close());

  it('[VM-15] is closed, however much the guest paints; one with a viewer who types is not', async () => {
    const began = performance.now();
    const idle = await viewer(door);
    const ended = gone(idle.client);
    const used = await viewer(door);
    let echoes = 0;
    used.client.on('message', () => (echoes += 1));
    const painting = setInterval(() => {
      idle.region.send(Buffer.alloc(100));
      used.client.send(Buffer.from('k'));
    }, 50);
    try {
      await ended;
      expect(performance.now() - began).toBeGreaterThanOrEqual(IDLE_MS);
      // twice the time
      await expect.poll(() => echoes, { timeout: 10_000 }).toBeGreaterThan((2 * IDLE_MS) / 50);
      expect(used.client.readyState).toBe(WebSocket.OPEN);
    } finally {
      clearInterval(painting);
    }
  });
});
