import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, newId, type KeyAndCertificate, type TestPostgres } from '@basalt/service';
import { syslogMessage } from '../src/log/syslog-message.ts';
import type { LogRow } from '../src/store/operation-log-store.ts';
import { operationLogAdd } from '../src/store/operation-log-store.ts';
import { code, doorOpen, postgresOpen, rest, type Answer, type Door } from './harness.ts';
import { sinkAuthority, silentOpen } from './mail-sink.ts';
import { syslogForm, syslogSinkOpen } from './syslog-sink.ts';

const row = (more: Partial<LogRow> = {}): LogRow => ({
  sequence: 7,
  at: new Date('2026-11-20T08:00:00.123Z'),
  recordedAt: new Date('2026-11-20T08:00:00.200Z'),
  region: 'region-1',
  regionSequence: 3,
  about: null,
  operation: 'vm.start',
  module: 'vm',
  resources: [{ kind: 'vm', id: 'id-1', name: '数据库' }],
  accountId: null,
  accountName: '韩梅梅',
  via: 'console',
  apiKeyId: null,
  address: '10.0.0.1',
  client: 'test',
  requestId: 'r',
  taskId: null,
  result: 'succeeded',
  error: null,
  errorParams: null,
  detail: {},
  hash: Buffer.alloc(32, 1),
  ...more,
});

describe('a message', () => {
  it('[AUD-04] has the form of RFC 5424, with facility, severity, structured data and a marked UTF-8 text', () => {
    const [, priority, at, host, app, , id, element, params, text] =
      syslogForm.exec(syslogMessage(row(), 13, 'gw 1')) ?? [];
    expect([priority, at, host, app, id, element]).toEqual([
      '110',
      '2026-11-20T08:00:00.123Z',
      'gw1',
      'basalt',
      'vm.start',
      'basalt@32473',
    ]);
    expect(params).toContain('seq="7"');
    expect(params).toContain('account="韩梅梅"');
    expect(text).toBe('Start virtual machine (数据库) by 韩梅梅 from 10.0.0.1: succeeded');
    expect(syslogMessage(row({ result: 'failed', error: 'timedOut' }), 0)).toMatch(/^<4>1 /u);
  });

  it('[AUD-04] nothing that was typed breaks out of its place or out of its line', () => {
    const nasty = 'a"]\\\r\n<0>1 forged \u001B[31mred\u001B[0m\u009B2J\u0000\u2028\u202Eend';
    const message = syslogMessage(
      row({
        accountName: nasty,
        client: nasty,
        resources: [{ kind: 'vm', id: nasty, name: nasty }],
        detail: { x: nasty },
      }),
      13,
    );
    expect(message).toMatch(syslogForm);
    // oxlint-disable-next-line no-control-regex -- none of them may be there
    expect(message).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u202E]/u);
    expect(message.split(' \uFEFF')[1]).not.toContain('[31m');
    expect(message).toContain(String.raw`a\"\]\\ <0>1 forged red`);
  });

  it('[AUD-04] is cut at a whole character when it is too long', () => {
    const message = syslogMessage(
      row({ resources: Array.from({ length: 3_000 }, () => ({ kind: 'vm', id: 'i', name: '名字' })) }),
      13,
    );
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(8_192);
    expect(message).toMatch(syslogForm);
    expect(message).not.toContain('\uFFFD');
  });
});

describe('forwarding', () => {
  const work = { syslog: { everyMs: 50, deadlineMs: 1_500, batch: 40 } };
  let postgres: TestPostgres;
  let door: Door;
  let cookie: string;
  let authority: KeyAndCertificate;
  beforeAll(async () => {
    postgres = await postgresOpen();
    authority = await sinkAuthority();
    door = await doorOpen(postgres, { work });
    await door.accountAdd('admin@basalt.local', 'systemAdmin');
    await door.accountAdd('region@basalt.local', 'regionAdmin', { regions: ['region-1'] });
    cookie = await door.signIn('admin@basalt.local');
  }, 60_000);
  afterAll(async () => {
    await door.close();
    await postgres[Symbol.asyncDispose]();
  });

  const get = async (): Promise<Record<string, unknown>> =>
    (await rest(door, 'GET', '/operation-log/syslog', { cookie })).body;
  const put = async (more: object): Promise<Answer> =>
    rest(door, 'PUT', '/operation-log/syslog', {
      cookie,
      body: {
        enabled: true,
        host: '127.0.0.1',
        transport: 'tcp',
        facility: 13,
        ca: '',
        version: (await get())['version'],
        ...more,
      },
    });
  const add = (count: number): Promise<unknown> =>
    operationLogAdd(
      door.gateway.parts.db,
      ...Array.from({ length: count }, (_, i) => ({
        operation: 'account.create' as const,
        accountName: `account ${i}`,
        via: 'console' as const,
        address: '127.0.0.1',
        client: 'test',
        requestId: newId(),
        result: 'succeeded' as const,
      })),
    );
  const numbers = (messages: readonly string[]): number[] =>
    messages.map((message) => Number(/ seq="(\d+)"/u.exec(message)?.[1]));
  const patient = { timeout: 20_000 };
  const caughtUp = async (): Promise<void> => expect.poll(async () => (await get())['waiting'], patient).toBe(0);

  it('[AUD-04] begins with what comes after it was turned on, in order, by TLS, and tells how far it is', async () => {
    const sink = await syslogSinkOpen(authority);
    try {
      const first = await put({ transport: 'tls', port: sink.port, ca: authority.certificate });
      expect(first).toMatchObject({ status: 200, body: { enabled: true, lastError: null } });
      const start = Number(first.body['forwarded']);
      await add(100);
      await caughtUp();
      expect(sink.faults).toEqual([]);
      const got = numbers(sink.messages);
      expect(got).toEqual(got.map((_, i) => start + 1 + i));
      expect(got.length).toBeGreaterThanOrEqual(101);
      expect((await get())['forwarded']).toBe(got.at(-1));
    } finally {
      await sink.close();
    }
  });

  it('[AUD-04] loses nothing while the server is away, dies in the middle of a batch, or the gateway is restarted', async () => {
    const port = await freePort();
    await put({ port });
    const start = Number((await get())['forwarded']);
    await add(60);
    await expect.poll(async () => (await get())['lastError'], patient).toMatch(/ECONNREFUSED/u);
    expect(Number((await get())['waiting'])).toBeGreaterThanOrEqual(60);
    let sink = await syslogSinkOpen(null, port);
    sink.cutAfter = 10;
    await expect.poll(() => sink.messages.length, patient).toBeGreaterThanOrEqual(10);
    const seen = [...sink.messages];
    await sink.close();
    await door.restart();
    sink = await syslogSinkOpen(null, port);
    try {
      await add(5);
      await caughtUp();
      const { forwarded, lastError } = await get();
      const got = new Set(numbers([...seen, ...sink.messages]));
      expect(lastError).toBeNull();
      for (let n = start + 1; n <= Number(forwarded); n += 1) expect(got.has(n), `entry ${n}`).toBe(true);
      expect(numbers(sink.messages)).toEqual(numbers(sink.messages).toSorted((a, b) => a - b));
    } finally {
      await sink.close();
    }
  });

  it('[AUD-04] does not believe a server that nobody trusts, nor one that never says that it has everything', async () => {
    const sink = await syslogSinkOpen(authority);
    const silent = await silentOpen();
    try {
      await put({ transport: 'tls', port: sink.port });
      await add(1);
      await expect.poll(async () => (await get())['lastError'], patient).toMatch(/certificate|self.signed/iu);
      expect(sink.messages).toEqual([]);
      const { forwarded } = await get();
      await put({ transport: 'tls', port: silent.port });
      await expect.poll(async () => (await get())['lastError'], patient).toMatch(/in time/u);
      expect((await get())['forwarded']).toBe(forwarded);
    } finally {
      await sink.close();
      await silent.close();
    }
  });

  it('[AUD-04] is set by accounts of the whole platform only, upon the version that was read, and logged', async () => {
    const region = await door.signIn('region@basalt.local');
    const body = {
      enabled: false,
      host: '',
      port: 514,
      transport: 'tcp',
      facility: 1,
      ca: '',
      version: (await get())['version'],
    };
    expect(code(await rest(door, 'PUT', '/operation-log/syslog', { cookie: region, body }))).toBe('permissionMissing');
    expect(code(await rest(door, 'PUT', '/operation-log/syslog', { cookie, body: { ...body, version: 0 } }))).toBe(
      'changedMeanwhile',
    );
    expect(code(await rest(door, 'PUT', '/operation-log/syslog', { cookie, body: { ...body, enabled: true } }))).toBe(
      'invalidInput',
    );
    expect((await put({ ...body })).body).toMatchObject({ enabled: false, waiting: 0, lastError: null });
    const { rows } = await door.gateway.parts.db.execute(
      `select detail from operation_log where operation = 'operationLog.updateSyslog' and result = 'succeeded' order by sequence desc limit 1`,
    );
    expect(rows).toMatchObject([{ detail: { enabled: { from: true, to: false }, facility: { from: 13, to: 1 } } }]);
  });
});
