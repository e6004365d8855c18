/**
 * The console's way browser → gateway → region → agent → guest's socket (plain WebSocket in, mutual TLS between) against
 * Debian's websockify in front of the same source: bytes per second, round trip, memory of an idle session. Frames are
 * counted by the same small client on both sides, in turns. The peer is one process that neither encrypts nor asks who comes;
 * ours is three, with two encrypted hops between them, on the same cores. It is left at that, and said with each result.
 *
 * Where the time goes: the same source, client and relay with ever more on the way, in turns; two cores (AMD EPYC with
 * vector AES) that others used too (load 6), medians of six; CPU time is that of the processes in between.
 *
 *     on the way                               round trip   MiB/s   ms of CPU a GiB
 *     nothing: the client at the source            20 µs     1782
 *     websockify                                   81 µs      777       501
 *     one process of ours, without TLS             56 µs      928       384
 *     gateway and agent, one TLS hop              132 µs      474      1332
 *     gateway, region, agent, two TLS hops        225 µs      318      2250 (region 45 %, gateway 30 %, agent 25 %)
 *
 * - A key press and its echo pass six times through a process instead of twice (traced): each time 3–5 µs until the sleeper
 *   runs, 2 µs to read, 8–14 µs to decrypt, pass on and encrypt, 7–12 µs for the kernel to send over loopback. What Node
 *   does after it has sent (12–20 µs: its TLS tells of a write in a later turn) is on the way too when the answer comes to
 *   the same core. On a quiet machine both sides are slower, 340 µs against 140: by about 15 µs for each of eight wake-ups
 *   and of four, as if each core had to be woken from idle first.
 * - Of the region's time (sampled) 45 % are the kernel's copies and loopback, 18 % AES, 11 % copies in user space, 4 %
 *   OpenSSL's records, 16 % V8 and Node's streams. Gateway and agent look alike. Tried, and no difference above the noise:
 *   blocks of 80 and 512 KiB instead of 192, no view of its own for each record, kernel buffers of 256 KiB to 1 MiB
 *   instead of up to 32 MiB.
 * - So the two goals are not met, and not for want of tuning the relay: were V8's 16 % gone altogether, throughput would
 *   gain about a tenth. Without the region on the way it would be 0.61 and 1.6 by this table, which does not meet them
 *   either; and it stays on the way, because agents answer the region and nobody else.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort } from '@basalt/service';
import { cellOpen, dataOf, REGION, residentBytes, until, type Cell } from './cell.ts';
import { quantile, ratioPrint, timings } from './ratio.ts';
import { stockMake, vmOf } from './stock.ts';

const WEBSOCKIFY = '/usr/bin/websockify';
const BLOCKS = 3;
const FLOOD_MS = 4_000;
const ROUND_TRIPS = 400;
const IDLE = 50;
const MIB = 1024 ** 2;
const WAYS = 'three processes and two TLS hops against one process in clear';

type Open = () => Promise<Socket>;

/** One masked binary frame of up to 125 bytes, as a browser sends it. */
function frame(content: Buffer): Buffer {
  const masked = Buffer.alloc(6 + content.length);
  masked[0] = 0x82;
  masked[1] = 0x80 | content.length;
  content.copy(masked, 6);
  return masked;
}

function upgrade(url: string, protocol: string, headers: Readonly<Record<string, string>>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      headers: {
        ...headers,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        'sec-websocket-protocol': protocol,
      },
      timeout: 10_000,
    });
    asked.once('upgrade', (_, socket) => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      resolve(socket);
    });
    asked.once('response', (answer) => reject(new Error(`${url}: ${answer.statusCode}`)));
    asked.once('timeout', () => asked.destroy(new Error(`${url}: no answer`)));
    asked.once('error', reject);
    asked.end();
  });
}

/** Bytes per second on the wire, after a second of running in. */
async function throughput(open: Open): Promise<number> {
  const socket = await open();
  let bytes = 0;
  socket.on('data', (chunk) => (bytes += chunk.length));
  socket.write(frame(Buffer.from('F')));
  await sleep(1_000);
  const [before, began] = [bytes, performance.now()];
  await sleep(FLOOD_MS);
  const rate = ((bytes - before) / (performance.now() - began)) * 1000;
  socket.destroy();
  return rate;
}

/** Milliseconds of each of many round trips of a key press. */
async function roundTrips(open: Open): Promise<number[]> {
  const socket = await open();
  const once = () =>
    new Promise((resolve) => {
      socket.once('data', resolve);
      socket.write(frame(Buffer.from('k')));
    });
  socket.write(frame(Buffer.from('E')));
  await timings(50, once);
  const taken = await timings(ROUND_TRIPS, once);
  socket.destroy();
  return taken;
}

const descendants = (pid: number): number[] =>
  readdirSync('/proc').flatMap((name) => {
    const file = `/proc/${name}/stat`;
    if (!/^\d+$/u.test(name) || !existsSync(file)) return [];
    const parent = Number(readFileSync(file, 'utf8').split(') ')[1]?.split(' ')[1]);
    return parent === pid ? [Number(name), ...descendants(Number(name))] : [];
  });

/** Growth of resident memory by each of many idle sessions, bytes. */
async function idleBytes(open: (index: number) => Promise<Socket>, resident: () => number): Promise<number> {
  (await open(0)).destroy();
  await sleep(1_000);
  const before = resident();
  const sockets: Socket[] = [];
  for (let index = 0; index < IDLE; index += 1) sockets.push(await open(index));
  await sleep(2_000);
  const grown = (resident() - before) / IDLE;
  for (const socket of sockets) socket.destroy();
  await sleep(1_000);
  return grown;
}

async function vmRunning(cell: Cell): Promise<string> {
  const client = new pg.Client({ connectionString: cell.regionDatabase });
  await client.connect();
  try {
    const made = await cell.mutate('vm.create', vmOf(await stockMake(cell, client), 'screen'));
    const id = dataOf<{ items: { vm: { id: string } }[] }>(made).items[0]?.vm.id ?? '';
    return await until('the VM', async () => {
      const { state } = dataOf<{ state: string }>(await cell.query('vm.get', { id }));
      return state === 'running' ? id : undefined;
    });
  } finally {
    await client.end();
  }
}

export async function run(): Promise<void> {
  if (!existsSync(WEBSOCKIFY)) {
    console.log('console not measured: the peer is missing (Debian package websockify)');
    return;
  }
  await using cell = await cellOpen();
  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const source = join(cell.directory, 'vnc.sock');
  cell.start([process.execPath, file('console-source.ts'), source]);
  const agent = await cell.hostsJoin(1, file('console-host.ts'), '--console', source);
  const port = await freePort();
  const websockify = cell.start([WEBSOCKIFY, `127.0.0.1:${port}`, `--unix-target=${source}`]);
  const vmId = await vmRunning(cell);
  const sessions = [cell.headers, await cell.signIn()];

  const ours = async (index = 0): Promise<Socket> => {
    const headers = sessions[index % sessions.length] ?? cell.headers;
    const answer = await fetch(`${cell.origin}/api/trpc/vm.console`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ region: REGION, id: vmId }),
      signal: AbortSignal.timeout(10_000),
    });
    const { ticket } = dataOf<{ ticket: string }>(await answer.text());
    return upgrade(`${cell.origin}/api/v1/console`, `basalt.console, ticket.${ticket}`, headers);
  };
  const peer = (): Promise<Socket> => upgrade(`http://127.0.0.1:${port}/`, 'binary', {});
  await until('websockify', () =>
    peer().then(
      (socket) => (socket.destroy(), true),
      () => undefined,
    ),
  );

  const rates: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  const trips: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  for (let block = 0; block < BLOCKS; block += 1) {
    rates.ours.push(await throughput(ours));
    rates.peer.push(await throughput(peer));
    trips.ours.push(...(await roundTrips(ours)));
    trips.peer.push(...(await roundTrips(peer)));
  }
  const [mine, theirs] = [quantile(rates.ours, 0.5), quantile(rates.peer, 0.5)];
  ratioPrint({
    name: 'console.throughput',
    ratio: mine / theirs,
    goal: { atLeast: 0.8 },
    peer: 'websockify',
    detail: `${(mine / MIB).toFixed(0)} MiB/s against ${(theirs / MIB).toFixed(0)} MiB/s, ${WAYS}`,
  });
  const [here, there] = [quantile(trips.ours, 0.5), quantile(trips.peer, 0.5)];
  ratioPrint({
    name: 'console.roundTrip',
    ratio: here / there,
    goal: { atMost: 1.5 },
    peer: 'websockify',
    detail: `p50 ${here.toFixed(2)} ms against ${there.toFixed(2)} ms, ${WAYS}`,
  });
  const sum = (pids: readonly (number | undefined)[]): number =>
    pids.reduce((total: number, pid) => total + residentBytes(pid), 0);
  const idle = await idleBytes(ours, () => sum([cell.gateway.pid, cell.region.pid, agent.pid]));
  const forked = await idleBytes(peer, () => sum([websockify.pid, ...descendants(websockify.pid ?? 0)]));
  ratioPrint({
    name: 'console.idleMemory',
    ratio: idle / forked,
    goal: { atMost: 0.02 },
    peer: 'websockify',
    detail: `${(idle / 1024).toFixed(0)} KiB against ${(forked / 1024).toFixed(0)} KiB a session, three processes against one`,
  });
}

if (import.meta.main) await run();
