import { BasaltError, type ErrorShape } from '@basalt/contract';
import { expect, test, vi } from 'vitest';
import { createUploadManager, type Upload, type UploadPort } from './upload-manager.ts';

const chunk = 4;
const refusal = (error: BasaltError): ErrorShape => error.shape('en-US', 'req-1');
const respond = (status: number, body: unknown = {}) => new Response(JSON.stringify(body), { status });

/** A server that keeps what arrives in order and refuses any other offset, like the region's. */
class FakeServer {
  bytes = '';
  /** Answers given before the real ones, in order. */
  trouble: (() => Promise<Response>)[] = [];
  waits: number[] = [];
  /** Called with every chunk before it is taken. */
  onChunk: () => void = () => undefined;

  port(): UploadPort {
    return {
      now: () => 0,
      pause: async (ms) => {
        this.waits.push(ms);
      },
      send: async (url, body, signal) => {
        signal.throwIfAborted();
        const trouble = this.trouble.shift();
        if (trouble) return trouble();
        const offset = Number(new URL(url, 'http://x').searchParams.get('offset'));
        if (offset !== this.bytes.length)
          return respond(409, refusal(new BasaltError('uploadOffset', { received: this.bytes.length })));
        this.onChunk();
        signal.throwIfAborted();
        this.bytes += await body.text();
        return respond(200);
      },
    };
  }
}

const file = new Blob(['0123456789']);
const what = { region: 'hz1', id: 'image-1', name: 'debian', file };

function begin(server: FakeServer, received?: number) {
  const manager = createUploadManager(server.port(), chunk);
  const one = (): Upload => manager.list()[0]!;
  manager.start({ ...what, ...(received === undefined ? {} : { received }) });
  return { manager, one, settled: (state: Upload['state']) => vi.waitFor(() => expect(one().state).toBe(state)) };
}

test('[IMG-02] a file arrives whole, in order, and its progress is told', async () => {
  const server = new FakeServer();
  const { manager, one, settled } = begin(server);
  const seen: number[] = [];
  manager.subscribe(() => seen.push(one().received));
  await settled('done');
  expect(server.bytes).toBe('0123456789');
  expect([...new Set(seen)]).toEqual([4, 8, 10]);
});

test('[IMG-02] the same file chosen again goes on where the server stopped', async () => {
  const server = new FakeServer();
  server.bytes = '0123';
  const { settled } = begin(server, 4);
  await settled('done');
  expect(server.bytes).toBe('0123456789');
});

test('[IMG-02] a server that has received another amount is believed', async () => {
  const server = new FakeServer();
  server.bytes = '01234567';
  const { settled } = begin(server, 0);
  await settled('done');
  expect(server.bytes).toBe('0123456789');
});

test('[IMG-02] a paused upload sends nothing and goes on when told', async () => {
  const server = new FakeServer();
  const { manager, one, settled } = begin(server);
  server.onChunk = () => {
    if (server.bytes.length === 4) manager.pause('image-1');
  };
  await settled('paused');
  expect(server.bytes).toBe('0123');
  expect(one().received).toBe(4);
  server.onChunk = () => undefined;
  manager.resume('image-1');
  await settled('done');
  expect(server.bytes).toBe('0123456789');
});

test('[IMG-02] a lost connection is tried again, longer each time', async () => {
  const server = new FakeServer();
  server.trouble = [() => Promise.reject(new TypeError('network')), async () => respond(503, 'no shape')];
  const { settled } = begin(server);
  await settled('done');
  expect(server.waits).toEqual([1000, 2000]);
  expect(server.bytes).toBe('0123456789');
});

test('[IMG-02] an upload that gets no answer at all stops, and can be gone on with', async () => {
  const server = new FakeServer();
  server.trouble = Array.from({ length: 6 }, () => () => Promise.reject(new TypeError('network')));
  const { manager, one, settled } = begin(server);
  await settled('failed');
  expect(one().error).toBeNull();
  manager.resume('image-1');
  await settled('done');
});

test('[IMG-03] what the server refuses for good is not sent again, and its reason is kept in full', async () => {
  const server = new FakeServer();
  const error = new BasaltError('imageNotWhatItSays', { actual: 'text', claimed: 'qcow2' });
  // REST answers the shape; another door wraps it.
  server.trouble = [async () => respond(400, { error: refusal(error) })];
  const { one, settled } = begin(server);
  await settled('failed');
  expect(one().error).toMatchObject({ code: 'imageNotWhatItSays', params: { actual: 'text', claimed: 'qcow2' } });
  expect(server.waits).toEqual([]);
});

test('[IMG-02] a forgotten upload leaves the list and sends no more', async () => {
  const server = new FakeServer();
  const { manager } = begin(server);
  server.onChunk = () => manager.forget('image-1');
  await vi.waitFor(() => expect(manager.list()).toEqual([]));
  // The first chunk was on its way before anybody could say anything.
  expect(server.bytes).toBe('0123');
});
