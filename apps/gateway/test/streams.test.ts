import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { BasaltError } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { code, doorOpen, postgresOpen, rest, send, type Door } from './harness.ts';

const VM = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a';
let postgres: TestPostgres;
let door: Door;
let cookie: string;
const sockets = new Set<WebSocket>();
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  await door.accountAdd('reader@basalt.local', 'systemReadonly');
  cookie = await door.signIn('admin@basalt.local');
}, 60_000);
afterEach(() => {
  for (const socket of sockets) socket.terminate();
  sockets.clear();
});
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

/** Reads a live stream until `enough` says so. */
async function live(how: { headers?: Record<string, string>; query?: string; session?: string }) {
  const stop = new AbortController();
  const answer = await fetch(`${door.url}/api/v1/regions/region-1/events${how.query ?? ''}`, {
    headers: { accept: 'text/event-stream', cookie: how.session ?? cookie, ...how.headers },
    signal: stop.signal,
  });
  let text = '';
  let ended = false;
  void (async () => {
    try {
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
    } catch {
      // cut off by the test
    }
    ended = true;
  })();
  return { answer, stop, text: () => text, ended: () => ended };
}

describe('the event stream', () => {
  it('[API-03] passes events on as they come and resumes after the last that the browser had', async () => {
    const first = await live({});
    expect(first.answer.headers.get('content-type')).toContain('text/event-stream');
    door.region.emit(7, { kind: 'vm' });
    await expect.poll(first.text).toBe('id: 7\ndata: {"kind":"vm"}\n\n');
    first.stop.abort();
    const second = await live({ headers: { 'last-event-id': '7' } });
    const third = await live({ query: '?after=5' });
    expect(door.region.resumed.slice(-3)).toEqual([null, '7', '5']);
    second.stop.abort();
    third.stop.abort();
  });

  it('[API-03] takes no position that is none', async () => {
    const { stop } = await live({ headers: { 'last-event-id': "7' or 1=1" } });
    expect(door.region.resumed.at(-1)).toBeNull();
    stop.abort();
  });

  it('[API-03] ends with the session', async () => {
    const session = await door.signIn('reader@basalt.local');
    const stream = await live({ session });
    await rest(door, 'DELETE', '/session', { cookie: session });
    await expect.poll(stream.ended).toBe(true);
  });

  it('[API-01] shares its path with the list of resource events, told apart by what is accepted', async () => {
    const list = await rest(door, 'GET', '/regions/region-1/events?limit=5', { cookie });
    expect(list.body).toHaveProperty('items');
  });
});

describe('an upload', () => {
  const path = `/api/v1/regions/region-1/images/${VM}/content?offset=0`;

  it('[IMG-02] goes through to the region', async () => {
    door.region.uploads.received = 0;
    const answer = await send(door, 'PUT', path, {
      cookie,
      body: 'x'.repeat(3 * 1024 * 1024),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(answer).toMatchObject({ status: 200, body: { received: 3 * 1024 * 1024 } });
  });

  it('[IMG-02] waits while the region does, with little held in between', async () => {
    const size = 16 * 1024 * 1024;
    Object.assign(door.region.uploads, { received: 0, paused: true });
    const { hostname, port } = new URL(door.url);
    const upload = httpRequest({
      hostname,
      port,
      path,
      method: 'PUT',
      headers: { cookie, origin: door.url, 'content-length': size },
    });
    const answered = new Promise<number | undefined>((resolve) =>
      upload.once('response', (r) => resolve(r.resume().statusCode)),
    );
    const chunk = Buffer.alloc(64 * 1024);
    let sent = 0;
    const pump = (): void => {
      while (sent < size) {
        sent += chunk.length;
        if (!upload.write(chunk)) return void upload.once('drain', pump);
      }
      upload.end();
    };
    pump();
    // what fits into socket buffers goes; then the client waits
    let before = -1;
    await expect
      .poll(
        () => {
          const same = sent === before && sent > 0;
          before = sent;
          return same;
        },
        { timeout: 5_000, interval: 300 },
      )
      .toBe(true);
    expect(sent).toBeLessThan(size);
    door.region.uploads.paused = false;
    door.region.uploads.resume();
    expect(await answered).toBe(200);
    expect(door.region.uploads.received).toBe(size);
  });

  it('[IMG-02] that the region refuses says why', async () => {
    door.region.uploads.refusal = new BasaltError('uploadOffset', { received: 42 });
    const answer = await send(door, 'PUT', path, {
      cookie,
      body: 'x',
      headers: { 'content-type': 'application/octet-stream' },
    });
    door.region.uploads.refusal = null;
    expect(answer).toMatchObject({ status: 409, body: { code: 'uploadOffset', params: { received: 42 } } });
  });

  it.each([
    ['no offset', path.replace('?offset=0', ''), 'invalidInput'],
    ['a bad offset', path.replace('=0', '=-1'), 'invalidInput'],
    ['no id', path.replace(VM, '..%2f..%2fhealth'), 'invalidInput'],
  ])('[IMG-02] with %s is refused', async (_, to, expected) => {
    const answer = await send(door, 'PUT', to, {
      cookie,
      body: 'x',
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(code(answer)).toBe(expected);
  });

  it('[IMG-02] of more than one part at once is refused before it is read', async () => {
    const { hostname, port } = new URL(door.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `PUT ${path} HTTP/1.1\r\nhost: ${hostname}\r\norigin: ${door.url}\r\ncookie: ${cookie}\r\ncontent-length: 99999999999\r\n\r\n`,
    );
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    await expect.poll(() => text).toContain('payloadTooLarge');
    socket.destroy();
  });
});

describe('a console', () => {
  let made = 0;
  const ticketFor = async (session: string, seconds = 300): Promise<string> => {
    const ticket = `ticket-number-${(made += 1)}`;
    door.region.answers.set('vm.console', () => ({
      ticket,
      expiresAt: new Date(Date.now() + seconds * 1_000).toISOString(),
      protocol: 'vnc',
    }));
    const answer = await rest(door, 'POST', `/regions/region-1/vms/${VM}/actions/console`, {
      cookie: session,
      body: {},
    });
    expect(answer).toMatchObject({ status: 200, body: { ticket } });
    return ticket;
  };
  const open = (
    ticket: string,
    session: string | null = cookie,
    origin: string = door.url,
  ): Promise<WebSocket | string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(
        `${door.url.replace('http', 'ws')}/api/v1/console`,
        ['basalt.console', `ticket.${ticket}`],
        {
          origin,
          headers: session ? { cookie: session } : {},
        },
      );
      sockets.add(socket);
      socket.once('open', () => resolve(socket));
      socket.once('unexpected-response', (_request, response) => resolve(String(response.headers['x-basalt-error'])));
      socket.on('error', () => undefined);
    });
  const connected = async (ticket: string, session?: string): Promise<WebSocket> => {
    const socket = await open(ticket, session);
    if (typeof socket === 'string') throw new Error(socket);
    return socket;
  };

  it('[VM-15] leads to the region by its ticket, once', async () => {
    const ticket = await ticketFor(cookie);
    const socket = await connected(ticket);
    expect(socket.protocol).toBe('basalt.console');
    const echoed = new Promise<Buffer>((resolve) => socket.once('message', (data: Buffer) => resolve(data)));
    socket.send(Buffer.from([1, 2, 3]));
    expect([...(await echoed)]).toEqual([1, 2, 3]);
    expect(door.region.consoles.at(-1)?.protocol).toContain(`ticket.${ticket}`);
    expect(await open(ticket)).toBe('consoleTicketInvalid');
  });

  it('[VM-15] is refused when the ticket has expired, is another session’s, or none of ours', async () => {
    const expired = await ticketFor(cookie, -1);
    expect(await open(expired)).toBe('consoleTicketInvalid');
    const ours = await ticketFor(cookie);
    const second = await door.signIn('admin@basalt.local');
    expect(await open(ours, second)).toBe('consoleTicketInvalid');
    expect(await open('made-up')).toBe('consoleTicketInvalid');
    expect(await open(ours, null)).toBe('notSignedIn');
    expect(await open(ours, await door.signIn('reader@basalt.local'))).toBe('permissionMissing');
    expect(await open(ours, cookie, 'https://evil.example')).toBe('crossSite');
    // none of these tries used it up
    expect(typeof (await open(ours))).toBe('object');
  });

  it('[VM-15] closes at sign-out', async () => {
    const session = await door.signIn('admin@basalt.local');
    const socket = await connected(await ticketFor(session), session);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await rest(door, 'DELETE', '/session', { cookie: session });
    await closed;
    expect(socket.readyState).toBe(WebSocket.CLOSED);
  });

  it('[VM-15] closes when the region does', async () => {
    const socket = await connected(await ticketFor(cookie));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    door.region.consoles.at(-1)?.socket.close(4000, 'moved');
    expect(await closed).toBe(4000);
  });

  it('[VM-15] carries bulk both ways unchanged, at the slower side’s pace', async () => {
    const socket = await connected(await ticketFor(cookie));
    const size = 8 * 1024 * 1024;
    const sent = Buffer.alloc(size, 7);
    let received = 0;
    socket.on('message', (data: Buffer) => (received += data.length));
    for (let at = 0; at < size; at += 256 * 1024) socket.send(sent.subarray(at, at + 256 * 1024));
    await expect.poll(() => received, { timeout: 15_000 }).toBe(size);
  });

  it('[VM-15] at no other path, and not by broken handshakes', async () => {
    const { hostname, port } = new URL(door.url);
    const raw = async (head: string): Promise<string> => {
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.write(head);
      await expect.poll(() => text, { timeout: 5_000 }).toContain('\r\n\r\n');
      socket.destroy();
      return text.split('\r\n')[0] ?? '';
    };
    const upgrade = `host: x\r\nconnection: upgrade\r\nupgrade: websocket\r\norigin: ${door.url}\r\ncookie: ${cookie}\r\n`;
    expect(await raw(`GET /api/v1/other HTTP/1.1\r\n${upgrade}\r\n`)).toContain('404');
    expect(await raw(`GET /api/v1/console HTTP/1.1\r\n${upgrade}sec-websocket-version: 13\r\n\r\n`)).toContain('400');
    expect(
      await raw(
        `GET /api/v1/console HTTP/1.1\r\n${upgrade}sec-websocket-version: 8\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
      ),
    ).toContain('400');
  });
});
