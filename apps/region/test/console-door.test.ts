import { createServer as httpServer, type Server } from 'node:http';
import { createServer, type Server as TlsServer } from 'node:https';
import { connect as tcpConnect, type AddressInfo, type Socket } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { HostId, VmId } from '@basalt/contract';
import { identityCreate, mtlsClientOptions, mtlsServerOptions } from '@basalt/service';
import { regionIdentity } from '../src/authority.ts';
import { vmConsole } from '../src/domain/vm/console.ts';
import { vmCreate } from '../src/domain/vm/create.ts';
import { consoleDoor, type ConsoleDoor } from '../src/server/console-door.ts';
import * as schema from '../src/store/schema/index.ts';
import { transact } from '../src/store/transact.ts';
import { vmStateSet } from '../src/store/vm.ts';
import { actorOf, fixtureOpen, KEY, vmInput, type Fixture } from './region-fixture.ts';

/** The region's relay between a viewer without TLS and an agent with it. */
const IDLE_MS = 1_500;
const MIB = 1024 ** 2;
let f: Fixture;
let hostId: HostId;
let vmId: VmId;
let agent: TlsServer;
let agents: WebSocketServer;
let region: Server;
let consoles: ConsoleDoor;
const listening = (server: Server | TlsServer): Promise<void> =>
  new Promise((resolve) => void server.listen(0, '127.0.0.1', resolve));
const portOf = (server: Server | TlsServer): number => (server.address() as AddressInfo).port;
const viewers = new Set<{ terminate: () => void }>();

beforeAll(async () => {
  f = await fixtureOpen();
  const { ca } = f.services;
  hostId = await f.hostAdd('h1');
  const host = await identityCreate(ca, { commonName: 'h1', uri: `basalt://region/${KEY}/host/${hostId}`, hours: 1 });
  agent = createServer(mtlsServerOptions(host, ca.certificate));
  agents = new WebSocketServer({ server: agent });
  agents.on('connection', (socket) => socket.on('error', () => undefined));
  await listening(agent);
  await f.db
    .update(schema.hosts)
    .set({ address: '127.0.0.1', port: portOf(agent) })
    .where(eq(schema.hosts.id, hostId));
  const own = await regionIdentity(ca, KEY, ['127.0.0.1']);
  consoles = consoleDoor({
    services: f.services,
    agentTls: (id) => mtlsClientOptions({ own, ca: ca.certificate, expected: `basalt://region/${KEY}/host/${id}` }),
    idle: IDLE_MS,
  });
  region = httpServer();
  region.on('upgrade', (request, socket, head) => {
    void consoles.upgrade(request, socket, head, async () => actorOf('*'));
  });
  await listening(region);
  const networkId = await f.networkAdd('10.41.0.0/24');
  const made = await vmCreate(f.context(), vmInput({ name: 'screen', imageId: await f.imageAdd(), networkId }));
  vmId = made.items[0]!.vm.id;
  await transact(f.db, (work) => vmStateSet(work.tx, vmId, 'running'));
});
afterEach(async () => {
  for (const viewer of viewers) viewer.terminate();
  viewers.clear();
  await expect.poll(() => consoles.open, { timeout: 5_000 }).toBe(0);
});
afterAll(async () => {
  consoles.close();
  agents.close();
  agent.closeAllConnections();
  region.closeAllConnections();
  await Promise.all([agent, region].map((server) => new Promise((resolve) => void server.close(resolve))));
  await f[Symbol.asyncDispose]();
});

const agentEnd = (): Promise<WebSocket> => new Promise((resolve) => void agents.once('connection', resolve));
const gone = (socket: WebSocket): Promise<unknown> => new Promise((resolve) => void socket.once('close', resolve));

async function viewer(): Promise<{ client: WebSocket; guest: WebSocket }> {
  const { ticket } = await vmConsole(f.context(), { id: vmId, protocol: 'vnc' });
  const reached = agentEnd();
  const client = new WebSocket(`ws://127.0.0.1:${portOf(region)}/v1/console`, ['basalt.console', `ticket.${ticket}`]);
  viewers.add(client);
  client.on('error', () => undefined);
  await new Promise((resolve) => void client.once('open', resolve));
  return { client, guest: await reached };
}

test('[VM-15] a viewer that does not read holds the agent back; nothing is lost', async () => {
  const { client, guest } = await viewer();
  client.pause();
  // who stands still does not lose the console as long as there are signs of life
  const typing = setInterval(() => client.send('k'), 50);
  try {
    const blocks = 96;
    const block = Buffer.alloc(MIB, 7);
    let taken = 0;
    const push = (): void => {
      if (taken < blocks) guest.send(block, (error) => error ?? ((taken += 1), push()));
    };
    push();
    let before = -1;
    await expect.poll(() => [before === taken, (before = taken)][0], { timeout: 10_000, interval: 150 }).toBe(true);
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(32);
    let received = 0;
    client.on('message', (data: Buffer) => (received += data.length));
    client.resume();
    await expect.poll(() => received, { timeout: 20_000 }).toBe(blocks * MIB);
  } finally {
    clearInterval(typing);
  }
}, 40_000);

test('[VM-15] a viewer that says nothing is cut off, however much the guest paints', async () => {
  const began = performance.now();
  const { client, guest } = await viewer();
  const ended = gone(client);
  const painting = setInterval(() => guest.send(Buffer.alloc(100)), 50);
  try {
    await Promise.all([ended, gone(guest)]);
    expect(performance.now() - began).toBeGreaterThanOrEqual(IDLE_MS);
  } finally {
    clearInterval(painting);
  }
});

test('[VM-15] half of a connection is none', async () => {
  const { ticket } = await vmConsole(f.context(), { id: vmId, protocol: 'vnc' });
  const reached = agentEnd();
  const socket: Socket = tcpConnect(portOf(region), '127.0.0.1');
  viewers.add({ terminate: () => socket.destroy() });
  socket.write(
    `GET /v1/console HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n` +
      `sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: basalt.console, ticket.${ticket}\r\n\r\n`,
  );
  const guest = await reached;
  await new Promise((resolve) => void socket.once('data', resolve));
  expect(consoles.open).toBe(1);
  const ended = gone(guest);
  socket.end();
  await ended;
  await expect.poll(() => consoles.open).toBe(0);
});

test('[VM-15] a VM that has stopped has no console any more', async () => {
  const { client } = await viewer();
  const ended = gone(client);
  const typing = setInterval(() => client.send('k'), 50);
  try {
    await transact(f.db, (work) => vmStateSet(work.tx, vmId, 'stopped'));
    await ended;
  } finally {
    clearInterval(typing);
    await transact(f.db, (work) => vmStateSet(work.tx, vmId, 'running'));
  }
});
