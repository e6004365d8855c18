import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CONTINUE, ERROR, FakeServer, MESSAGE, OK, REPLY, STREAM } from '../test/fake-server.ts';
import { remote } from './gen/remote.ts';
import { RpcConnection, type RpcOptions } from './rpc.ts';
import { streamCollect } from './stream.ts';

const open = (options?: RpcOptions) => {
  const server = new FakeServer();
  const rpc = new RpcConnection(server.client, options);
  onTestFinished(() => rpc.close());
  return { server, rpc };
};

const hostname = (rpc: RpcConnection, timeoutMs = 2_000, signal?: AbortSignal): Promise<string> =>
  rpc.call(remote.connectGetHostname, undefined, { timeoutMs, signal }).then((ret) => ret.hostname);

const answerAll = (server: FakeServer, name = 'h'): void => {
  server.onFrame = (call) => server.reply(call, remote.connectGetHostname, { hostname: name });
};

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 2_000, interval: 5 });

const KEEPALIVE = { program: 0x6b656570, version: 1, type: MESSAGE, serial: 0, status: OK };

describe('a connection', () => {
  test('[API-01] matches replies to calls whatever their order', async () => {
    const { server, rpc } = open();
    const calls = [hostname(rpc), hostname(rpc), hostname(rpc)];
    await until(() => expect(server.calls()).toHaveLength(3));
    for (const call of server.calls().toReversed()) {
      server.reply(call, remote.connectGetHostname, { hostname: `h${call.serial}` });
    }
    expect(await Promise.all(calls)).toEqual(['h1', 'h2', 'h3']);
  });

  test('[API-01] reads a reply that comes byte by byte', async () => {
    const { server, rpc } = open();
    const sendWhole = server.raw.bind(server);
    server.raw = (bytes) => {
      for (const byte of bytes) sendWhole(Uint8Array.of(byte));
    };
    answerAll(server);
    expect(await hostname(rpc)).toBe('h');
  });

  test('[API-03] tells a refusal by its code and name', async () => {
    const { server, rpc } = open();
    server.onFrame = (call) => server.refuse(call, 42, 'no such domain');
    await expect(hostname(rpc)).rejects.toMatchObject({
      kind: 'remote',
      code: 42,
      codeName: 'VIR_ERR_NO_DOMAIN',
      domainName: 'VIR_FROM_QEMU',
      level: 'VIR_ERR_ERROR',
      message: 'no such domain',
      procedure: 'connectGetHostname',
    });
    answerAll(server);
    expect(await hostname(rpc)).toBe('h');
  });

  test('[TASK-02] never has more than four calls at the server', async () => {
    const { server, rpc } = open();
    const calls = Array.from({ length: 10 }, () => hostname(rpc));
    await until(() => expect(server.calls()).toHaveLength(4));
    let answered = 0;
    const answer = (): void => {
      const call = server.calls()[answered++];
      if (call) server.reply(call, remote.connectGetHostname, { hostname: 'h' });
    };
    answer();
    await until(() => expect(server.calls()).toHaveLength(5));
    server.onFrame = () => setImmediate(answer);
    for (let i = 0; i < 4; i++) answer();
    await Promise.all(calls);
    expect(server.calls()).toHaveLength(10);
  });

  test('[TASK-02] gives up at the deadline, but the place stays taken until the reply', async () => {
    const { server, rpc } = open({ inFlightMax: 1 });
    await expect(hostname(rpc, 20)).rejects.toMatchObject({ kind: 'timeout' });
    const second = hostname(rpc);
    await expect(hostname(rpc, 20)).rejects.toMatchObject({ kind: 'timeout' });
    expect(server.calls()).toHaveLength(1);
    const [late] = server.calls();
    if (late) server.reply(late, remote.connectGetHostname, { hostname: 'late' });
    await until(() => expect(server.calls()).toHaveLength(2));
    const call = server.calls()[1];
    if (call) server.reply(call, remote.connectGetHostname, { hostname: 'second' });
    expect(await second).toBe('second');
  });

  test('[TASK-02] is closed when only calls that were given up hold its places', async () => {
    const { rpc } = open({ inFlightMax: 2, stuckMs: 30 });
    const calls = [hostname(rpc, 10), hostname(rpc, 10)];
    for (const call of calls) await expect(call).rejects.toMatchObject({ kind: 'timeout' });
    expect((await rpc.closed).message).toContain('given up');
  });

  test('[TASK-02] lets a caller go that changed its mind, sent or not', async () => {
    const { server, rpc } = open({ inFlightMax: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = [hostname(rpc, 2_000, first.signal), hostname(rpc, 2_000, second.signal)];
    await until(() => expect(server.calls()).toHaveLength(1));
    second.abort();
    first.abort();
    for (const call of calls) await expect(call).rejects.toMatchObject({ kind: 'aborted' });
    expect(server.calls()).toHaveLength(1);
    await expect(hostname(rpc, 2_000, AbortSignal.abort())).rejects.toMatchObject({ kind: 'aborted' });
  });

  test('[HOST-01] wakes everyone when it closes', async () => {
    const { server, rpc } = open({ inFlightMax: 2 });
    const calls = Array.from({ length: 5 }, () => hostname(rpc));
    await until(() => expect(server.calls()).toHaveLength(2));
    server.end();
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map((o) => (o.status === 'rejected' ? o.reason.kind : 'fine'))).toEqual(Array(5).fill('closed'));
    await expect(hostname(rpc)).rejects.toMatchObject({ kind: 'closed' });
    expect(rpc.isClosed).toBe(true);
  });

  test.each([
    ['a length that no frame has', Buffer.from('00000004', 'hex')],
    ['a length over the limit', Buffer.from('7fffffff', 'hex')],
    ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(2))],
  ])('[API-03] closes on %s', async (_name, bytes) => {
    const { server, rpc } = open();
    const call = hostname(rpc);
    server.raw(bytes);
    await expect(call).rejects.toMatchObject({ kind: 'protocol' });
    expect((await rpc.closed).kind).toBe('protocol');
  });

  test('[API-03] closes on a reply to a call that was never made', async () => {
    const { server, rpc } = open();
    const call = hostname(rpc);
    server.send({ program: 0x20008086, version: 1, procedure: 59, type: REPLY, serial: 99, status: OK });
    await expect(call).rejects.toMatchObject({ kind: 'protocol' });
  });

  test('[API-03] fails only the call whose reply cannot be read', async () => {
    const { server, rpc } = open();
    server.onFrame = (call) => server.send({ ...call, type: REPLY }, Buffer.from([0, 0, 0, 9]));
    await expect(hostname(rpc)).rejects.toMatchObject({ kind: 'protocol', procedure: 'connectGetHostname' });
    answerAll(server);
    expect(await hostname(rpc)).toBe('h');
  });

  test('[HOST-01] answers the server’s ping', async () => {
    const { server } = open();
    server.send({ ...KEEPALIVE, procedure: 1 });
    await until(() => expect(server.received).toMatchObject([{ ...KEEPALIVE, procedure: 2 }]));
  });

  test('[HOST-01] closes when nothing answers its pings, and not while something does', async () => {
    const { server, rpc } = open();
    let deaf = false;
    server.onFrame = (frame) => {
      if (!deaf && frame.program === KEEPALIVE.program) server.send({ ...KEEPALIVE, procedure: 2 });
    };
    rpc.keepaliveStart({ intervalMs: 10, count: 3 });
    await until(() => expect(server.received.length).toBeGreaterThan(8));
    expect(rpc.isClosed).toBe(false);
    deaf = true;
    expect((await rpc.closed).message).toContain('no sign of life');
  });
});

const DOM = { name: 'd', uuid: Buffer.alloc(16), id: 1 };
const picture = (rpc: RpcConnection) => rpc.stream(remote.domainScreenshot, { dom: DOM, screen: 0, flags: 0 });

describe('a stream', () => {
  test('[VM-15] delivers all bytes and ends in order', async () => {
    const { server, rpc } = open();
    server.onFrame = (frame) => {
      if (frame.type === STREAM) return server.send({ ...frame, status: OK });
      server.reply(frame, remote.domainScreenshot, { mime: 'image/png' });
      for (const part of ['one ', 'two']) server.send({ ...frame, type: STREAM, status: CONTINUE }, Buffer.from(part));
      server.send({ ...frame, type: STREAM, status: CONTINUE });
    };
    const { ret, stream } = await picture(rpc);
    expect(ret.mime).toBe('image/png');
    expect((await streamCollect(stream, 100, 1_000)).toString()).toBe('one two');
    await until(() => expect(server.received.at(-1)).toMatchObject({ type: STREAM, status: OK, serial: 1 }));
  });

  test('[VM-15] that fails at the server fails here with its error', async () => {
    const { server, rpc } = open();
    server.onFrame = (frame) => {
      if (frame.type === STREAM) return;
      server.reply(frame, remote.domainScreenshot, { mime: null });
      server.refuse(frame, 38, 'broken', STREAM);
    };
    const { stream } = await picture(rpc);
    await expect(streamCollect(stream, 100, 1_000)).rejects.toMatchObject({ codeName: 'VIR_ERR_SYSTEM_ERROR' });
  });

  test('[VM-15] that delivers too much or too slowly is aborted', async () => {
    const { server, rpc } = open();
    server.onFrame = (frame) => {
      if (frame.type === STREAM) return;
      server.reply(frame, remote.domainScreenshot, { mime: null });
      server.send({ ...frame, type: STREAM, status: CONTINUE }, Buffer.alloc(50));
    };
    await expect(streamCollect((await picture(rpc)).stream, 40, 1_000)).rejects.toMatchObject({ kind: 'protocol' });
    await until(() => expect(server.received.at(-1)).toMatchObject({ type: STREAM, status: ERROR }));
    await expect(streamCollect((await picture(rpc)).stream, 400, 20)).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('[VM-15] that nobody waits for any more is aborted once it opens', async () => {
    const { server, rpc } = open();
    const late = rpc.stream(remote.domainScreenshot, { dom: DOM, screen: 0, flags: 0 }, { timeoutMs: 10 });
    await expect(late).rejects.toMatchObject({ kind: 'timeout' });
    const [call] = server.calls();
    if (call) server.reply(call, remote.domainScreenshot, { mime: null });
    await until(() => expect(server.received.at(-1)).toMatchObject({ type: STREAM, status: ERROR, serial: 1 }));
  });

  test('[IMG-02] uploads in pieces the server takes, then waits for its word', async () => {
    const { server, rpc } = open();
    server.onFrame = (frame) => {
      if (frame.type !== STREAM) server.reply(frame, remote.storageVolUpload, undefined);
      else if (frame.status === OK) server.send({ ...frame, status: OK });
    };
    const vol = { pool: 'p', name: 'v', key: 'k' };
    const { stream } = await rpc.stream(remote.storageVolUpload, { vol, offset: 0n, length: 0n, flags: 0 });
    stream.end(Buffer.alloc(600_000, 7));
    await new Promise((resolve, reject) => stream.once('close', resolve).once('error', reject));
    const sizes = server.received.filter(({ type }) => type === STREAM).map(({ payload }) => payload.length);
    expect(sizes).toEqual([262_120, 262_120, 75_760, 0]);
  });

  test('[HOST-01] ends with its connection', async () => {
    const { server, rpc } = open();
    server.onFrame = (frame) => {
      if (frame.type !== STREAM) server.reply(frame, remote.domainScreenshot, { mime: null });
    };
    const { stream } = await picture(rpc);
    const collected = streamCollect(stream, 100, 5_000);
    server.end();
    await expect(collected).rejects.toMatchObject({ kind: 'closed' });
  });
});
