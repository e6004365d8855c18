/** Where a message may go, and how: addresses, names, certificates, redirects, deadlines. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { caCreate, type KeyAndCertificate } from '@basalt/service';
import type { StoredOutcome } from '../src/store/schema/webhook.ts';
import type { Resolve } from '../src/webhooks/resolve.ts';
import { webhookSend, type Order } from '../src/webhooks/send.ts';
import { hangs, refuses, webhookSinkOpen, type WebhookSink } from './webhook-sink.ts';

const loopback = ['127.0.0.0/8'];
const v4 = (...addresses: string[]): LookupAddress[] => addresses.map((address) => ({ address, family: 4 }));
const body = JSON.stringify({
  id: 'msg_1',
  type: 'test',
  webhook: '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a',
  region: null,
  at: '2026-01-31T08:00:00.000Z',
  missed: false,
  events: [],
});
const never = new AbortController().signal;

let ca: KeyAndCertificate;
let sink: WebhookSink;
beforeAll(async () => {
  ca = await caCreate('Receiver CA');
});
beforeEach(async () => {
  sink = await webhookSinkOpen();
});
afterEach(() => sink.close());

const post = async (
  order: Partial<Order>,
  { resolve = async () => v4('127.0.0.1'), deadlineMs = 3_000 }: { resolve?: Resolve; deadlineMs?: number } = {},
  stop = never,
): Promise<StoredOutcome> =>
  (
    await webhookSend(
      { url: sink.url, ca: '', allowed: loopback, headers: [], signed: { 'webhook-id': 'msg_1' }, body, ...order },
      { deadlineMs, resolve, userAgent: 'Basalt/test' },
      stop,
    )
  ).outcome;

describe('a name', () => {
  it('[API-03] is resolved once, and the connection goes to the address that was found', async () => {
    const asked: string[] = [];
    const resolve: Resolve = async (host) => {
      asked.push(host);
      // whoever asked again would be led elsewhere
      return asked.length === 1 ? v4('127.0.0.1') : v4('169.254.169.254');
    };
    const url = `http://Receiver.Test:${sink.port}/hook?a=b%20c`;
    expect(await post({ url }, { resolve })).toMatchObject({ ok: true, stage: 'done', status: 204 });
    expect(asked).toEqual(['receiver.test']);
    expect(sink.received[0]!.path).toBe('/hook?a=b%20c');
    expect(sink.received[0]!.headers).toMatchObject({
      host: `receiver.test:${sink.port}`,
      'user-agent': 'Basalt/test',
      'webhook-id': 'msg_1',
      'content-type': 'application/json',
    });
  });

  it('[API-03] that leads to an address within is refused before anything is sent, whatever it is called', async () => {
    for (const address of [
      '127.0.0.1',
      '10.0.0.1',
      '169.254.169.254',
      '::1',
      '::ffff:127.0.0.1',
      'fe80::1%lo',
      'fd00::1',
    ]) {
      const resolve: Resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }];
      const url = `http://receiver.test:${sink.port}/`;
      const outcome = await post({ url, allowed: [] }, { resolve });
      expect(outcome, address).toMatchObject({ ok: false, stage: 'refused', status: null });
      expect(outcome.text['en-US']).toContain(address);
      expect(outcome.text['zh-CN']).toContain('不是公网地址');
    }
    expect(sink.peers).toEqual([]);
  });

  it('[API-03] of several addresses is sent to one that is permitted, and to no other', async () => {
    const resolve: Resolve = async () => v4('10.0.0.1', '192.168.7.7', '127.0.0.1');
    expect(await post({ url: `http://receiver.test:${sink.port}/` }, { resolve })).toMatchObject({ ok: true });
    expect(sink.peers).toEqual(['127.0.0.1']);
  });

  it('[API-03] that is unknown, or whose server is silent, is told so within the deadline', async () => {
    const url = 'http://receiver.test/';
    const unknown: Resolve = () => Promise.reject(new Error('getaddrinfo ENOTFOUND receiver.test'));
    expect(await post({ url }, { resolve: unknown })).toMatchObject({
      stage: 'resolve',
      text: { 'en-US': 'The name receiver.test cannot be resolved' },
    });
    let answer: (found: LookupAddress[]) => void = () => undefined;
    const silent: Resolve = () => new Promise((resolve) => void (answer = resolve));
    const late = `http://receiver.test:${sink.port}/`;
    const outcome = await post({ url: late }, { resolve: silent, deadlineMs: 200 });
    expect(outcome).toMatchObject({ stage: 'resolve', ok: false });
    expect(outcome.milliseconds).toBeLessThan(2_000);
    // an answer that comes afterwards leads to nothing
    answer(v4('127.0.0.1'));
    await new Promise((resolve) => void setImmediate(resolve));
    await expect(post({})).resolves.toMatchObject({ ok: true });
    expect(sink.received).toHaveLength(1);
  });
});

describe('an address in the URL', () => {
  it('[API-03] within is refused unless its network was named', async () => {
    expect(await post({ allowed: [] })).toMatchObject({ stage: 'refused' });
    expect(await post({ allowed: ['10.0.0.0/8'] })).toMatchObject({ stage: 'refused' });
    expect(sink.peers).toEqual([]);
    expect(await post({})).toMatchObject({ ok: true });
  });
});

describe('an answer', () => {
  it('[API-03] that leads elsewhere is not followed', async () => {
    const target = await webhookSinkOpen();
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        sink.answer = refuses(status, { location: target.url });
        const outcome = await post({});
        expect(outcome).toMatchObject({ ok: false, stage: 'answer', status });
        expect(outcome.text['en-US']).toContain('redirect');
      }
      expect(target.peers).toEqual([]);
    } finally {
      await target.close();
    }
  });

  it('[API-03] that does not come, or only begins, is waited for no longer than the deadline', async () => {
    sink.answer = hangs;
    const outcome = await post({}, { deadlineMs: 300 });
    expect(outcome).toMatchObject({ ok: false, stage: 'answer', status: null });
    expect(outcome.text['en-US']).toContain('was not done within');
    sink.answer = (_received, response) => void response.writeHead(200).write('and');
    expect(await post({}, { deadlineMs: 300 })).toMatchObject({ ok: true, status: 200, answer: 'and' });
  });

  it('[API-03] of no HTTP, or of another protocol, is a failure', async () => {
    const words = [
      '220 mail.test ESMTP\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      '',
    ];
    for (const word of words) {
      const server = createServer((socket) => {
        socket.on('error', () => undefined).resume();
        socket.end(word);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      expect(await post({ url: `http://127.0.0.1:${port}/` }), word).toMatchObject({ ok: false, status: null });
      await new Promise((resolve) => server.close(resolve));
      expect(await post({ url: `http://127.0.0.1:${port}/` }), 'nobody there').toMatchObject({ stage: 'connect' });
    }
  });

  it('[API-03] is not waited for when the gateway ends', async () => {
    sink.answer = hangs;
    const stop = new AbortController();
    const posted = post({}, {}, stop.signal);
    await expect.poll(() => sink.received.length).toBe(1);
    stop.abort();
    await expect(posted).rejects.toThrow('the service is ending');
  });
});

describe('a certificate', () => {
  it('[API-03] must be of the name that was asked for, by an authority that is known', async () => {
    const secure = await webhookSinkOpen(ca);
    try {
      const url = `https://127.0.0.1:${secure.port}/`;
      expect(await post({ url, ca: ca.certificate })).toMatchObject({ ok: true });
      const unknown = await post({ url });
      expect(unknown).toMatchObject({ ok: false, stage: 'tls' });
      expect(unknown.text['en-US']).toContain('give the certificate of its authority');
      const named = await post({ url: `https://receiver.test:${secure.port}/`, ca: ca.certificate });
      expect(named).toMatchObject({ ok: false, stage: 'tls' });
      expect(named.text['en-US']).toContain('for another name');
      expect(await post({ url: `https://127.0.0.1:${sink.port}/` })).toMatchObject({ ok: false, stage: 'tls' });
      expect(secure.received).toHaveLength(1);
    } finally {
      await secure.close();
    }
  });
});
