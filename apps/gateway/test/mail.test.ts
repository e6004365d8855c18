import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type KeyAndCertificate, type TestPostgres } from '@basalt/service';
import { mailQueue } from '../src/mail/outbox.ts';
import { code, doorOpen, postgresOpen, rest, type Answer, type Door } from './harness.ts';
import { mailSinkOpen, silentOpen, sinkAuthority, SINK_PASSWORD, SINK_USER, type SinkOptions } from './mail-sink.ts';

const work = {
  mail: { everyMs: 50, backOffMs: 60, deadlines: { stageMs: 900, totalMs: 3_000 } },
};

let postgres: TestPostgres;
let door: Door;
let cookie: string;
let authority: KeyAndCertificate;
beforeAll(async () => {
  postgres = await postgresOpen();
  authority = await sinkAuthority();
  door = await doorOpen(postgres, { work });
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  cookie = await door.signIn('admin@basalt.local');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const settings = (port: number, more: object = {}) => ({
  enabled: true,
  host: '127.0.0.1',
  port,
  security: 'none',
  user: '',
  sender: 'basalt@basalt.test',
  subjectPrefix: '[玄武]',
  ca: '',
  ...more,
});
const test = (given: object | undefined, to = 'somebody@basalt.test', headers = {}): Promise<Answer> =>
  rest(door, 'POST', '/mail/actions/test', { cookie, headers, body: { to, ...(given ? { settings: given } : {}) } });
const version = async (): Promise<unknown> => (await rest(door, 'GET', '/mail', { cookie })).body['version'];
const update = async (given: object): Promise<Answer> =>
  rest(door, 'PUT', '/mail', { cookie, body: { version: await version(), ...given } });

/** A sink for the time of `use`. */
async function withSink<T>(
  options: SinkOptions,
  use: (sink: Awaited<ReturnType<typeof mailSinkOpen>>) => Promise<T>,
): Promise<T> {
  const sink = await mailSinkOpen(options);
  try {
    return await use(sink);
  } finally {
    await sink.close();
  }
}

describe('a test mail', () => {
  it('[SET-01] goes out by TLS with a certificate of the given authority and sign-in', () =>
    withSink({ authority, secure: true, authOptional: false }, async (sink) => {
      const told = await test(
        settings(sink.port, { security: 'ssl', ca: authority.certificate, user: SINK_USER, password: SINK_PASSWORD }),
      );
      expect(told.body).toMatchObject({ ok: true, stage: 'sent' });
      expect(sink.mails).toMatchObject([
        { from: 'basalt@basalt.test', to: 'somebody@basalt.test', user: SINK_USER, isEncrypted: true },
      ]);
    }));

  it('[SET-01] goes out by STARTTLS', () =>
    withSink({ authority }, async (sink) => {
      const told = await test(
        settings(sink.port, {
          security: 'starttls',
          ca: authority.certificate,
          user: SINK_USER,
          password: SINK_PASSWORD,
        }),
      );
      expect(told.body).toMatchObject({ ok: true, stage: 'sent', answer: expect.stringContaining('250') });
      expect(sink.mails).toMatchObject([{ isEncrypted: true, user: SINK_USER }]);
    }));

  it('[SET-01] goes out without encryption and sign-in where that is wanted, with prefix and subject readable', () =>
    withSink({ disabledCommands: ['STARTTLS', 'AUTH'] }, async (sink) => {
      expect((await test(settings(sink.port))).body).toMatchObject({ ok: true, stage: 'sent' });
      const [mail] = sink.mails;
      expect(mail?.isEncrypted).toBe(false);
      const subject = /^Subject: =\?UTF-8\?B\?(.+)\?=/mu.exec(mail?.raw ?? '')?.[1] ?? '';
      expect(Buffer.from(subject, 'base64').toString('utf8')).toContain('[玄武]');
    }));

  it('[SET-01] never gives up STARTTLS: a server that does not offer it gets neither password nor mail', () =>
    withSink({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true }, async (sink) => {
      const told = await test(settings(sink.port, { security: 'starttls', user: SINK_USER, password: SINK_PASSWORD }));
      expect(told.body).toMatchObject({ ok: false, stage: 'tls' });
      expect(told.body['text']).toMatch(/STARTTLS/u);
      expect(sink.mails).toEqual([]);
    }));

  it.each(['ssl', 'starttls'])('[SET-01] refuses a certificate that nobody trusts, by %s', (security) =>
    withSink({ authority, secure: security === 'ssl' }, async (sink) => {
      const told = await test(settings(sink.port, { security, user: SINK_USER, password: SINK_PASSWORD }));
      expect(told.body).toMatchObject({ ok: false, stage: 'tls', text: expect.stringContaining('不受信任') });
      expect(sink.mails).toEqual([]);
    }),
  );

  it('[SET-01] says so when the certificate is for another name', () =>
    withSink({ authority, secure: true }, async (sink) => {
      const told = await test(settings(sink.port, { host: 'localhost', security: 'ssl', ca: authority.certificate }));
      expect(told.body).toMatchObject({ ok: false, stage: 'tls', text: expect.stringContaining('名称不符') });
    }));

  it('[SET-01] tells a wrong password with the server’s words and without the password', () =>
    withSink({ authority }, async (sink) => {
      const told = await test(
        settings(sink.port, {
          security: 'starttls',
          ca: authority.certificate,
          user: SINK_USER,
          password: 'wrong-S3cret',
        }),
        undefined,
        { 'accept-language': 'en' },
      );
      expect(told.body).toMatchObject({ ok: false, stage: 'auth', answer: expect.stringContaining('535') });
      expect(JSON.stringify(told.body)).not.toContain('wrong-S3cret');
    }));

  it('[SET-01] tells a refused recipient', () =>
    withSink({ refuse: 'nobody' }, async (sink) => {
      const told = await test(settings(sink.port), 'nobody@basalt.test');
      expect(told.body).toMatchObject({
        ok: false,
        stage: 'recipient',
        text: expect.stringContaining('nobody@basalt.test'),
        answer: expect.stringContaining('No such mailbox'),
      });
    }));

  it('[SET-01] tells a refused sender', () =>
    withSink(
      {
        onMailFrom: (_address, _session, done) => done(Object.assign(new Error('who are you'), { responseCode: 553 })),
      },
      async (sink) => {
        expect((await test(settings(sink.port))).body).toMatchObject({
          ok: false,
          stage: 'sender',
          answer: expect.stringContaining('who are you'),
        });
      },
    ));

  it('[SET-01] tells refused content', () =>
    withSink(
      {
        onData(stream, _session, done) {
          stream.resume();
          stream.on('end', () => done(Object.assign(new Error('spam'), { responseCode: 554 })));
        },
      },
      async (sink) => {
        expect((await test(settings(sink.port))).body).toMatchObject({
          ok: false,
          stage: 'content',
          answer: expect.stringContaining('spam'),
        });
      },
    ));

  it.each(['none', 'starttls', 'ssl'])(
    '[SET-01] gives a silent server up after its deadline, by %s',
    async (security) => {
      const silent = await silentOpen();
      try {
        const began = performance.now();
        const told = await test(settings(silent.port, { security }));
        expect(told.body).toMatchObject({ ok: false, stage: security === 'ssl' ? 'tls' : 'connect', answer: null });
        expect(performance.now() - began).toBeLessThan(5_000);
      } finally {
        await silent.close();
      }
    },
  );

  it('[SET-01] tells a name that nobody knows, a closed port and a port that does not speak SSL', async () => {
    expect((await test(settings(25, { host: 'no-such-host.invalid' }))).body).toMatchObject({
      ok: false,
      stage: 'resolve',
    });
    expect((await test(settings(await freePort()))).body).toMatchObject({ ok: false, stage: 'connect' });
    const chatter = createServer((socket) => socket.on('error', () => undefined).end('220 hello\r\n'));
    await new Promise<void>((resolve) => chatter.listen(0, '127.0.0.1', resolve));
    const address = chatter.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect((await test(settings(port, { security: 'ssl' }))).body).toMatchObject({
      ok: false,
      stage: 'tls',
      text: expect.stringContaining('SSL'),
    });
    chatter.close();
  });
});

describe('the settings', () => {
  it('[SET-01] keep the password sealed, answer it never, and log what changed without it', () =>
    withSink({ authority }, async (sink) => {
      const full = settings(sink.port, { security: 'starttls', ca: authority.certificate, user: SINK_USER });
      expect(code(await test(undefined))).toBe('mailOff');
      const first = await update({ ...full, password: SINK_PASSWORD });
      expect(first.body).toMatchObject({ hasPassword: true, version: 1, host: '127.0.0.1' });
      expect((await test(undefined)).body).toMatchObject({ ok: true });
      const read = await rest(door, 'GET', '/mail', { cookie });
      expect(read.body).toMatchObject({ hasPassword: true, sender: 'basalt@basalt.test' });
      expect(code(await rest(door, 'PUT', '/mail', { cookie, body: { ...full, version: 0 } }))).toBe(
        'changedMeanwhile',
      );
      // the password stays where only something else changes
      expect((await update({ ...full, subjectPrefix: '' })).body).toMatchObject({ hasPassword: true, version: 2 });
      const { rows } = await door.gateway.parts.db.execute(
        `select value::text, (select string_agg(detail::text, ' ') from operation_log where module = 'mail') as log from setting where key = 'mail'`,
      );
      const text = JSON.stringify([rows, read.body, first.body]);
      expect(text).not.toContain(SINK_PASSWORD);
      expect(text).toContain('subjectPrefix');
    }));

  it('[SET-01] a stored password goes to the stored server only', async () => {
    const elsewhere = settings(2525, { host: '127.0.0.2', security: 'none', user: SINK_USER });
    for (const answer of [await test(elsewhere), await update(elsewhere)])
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'invalidInput', field: expect.stringMatching(/password$/u) },
      });
    const present = (await rest(door, 'GET', '/mail', { cookie })).body;
    const weaker = await test({
      ...settings(Number(present['port']), { user: SINK_USER, ca: String(present['ca']) }),
      security: 'none',
    });
    expect(code(weaker)).toBe('invalidInput');
    expect((await update({ ...elsewhere, password: null })).body).toMatchObject({ hasPassword: false });
  });

  it('[SET-01] refuse what cannot work', async () => {
    for (const [given, field] of [
      [{ host: '' }, 'host'],
      [{ port: 0 }, 'port'],
      [{ ca: 'not a certificate' }, 'ca'],
      [{ host: 'a b' }, 'host'],
    ] as const)
      expect(await update(settings(25, { ...given, password: null }))).toMatchObject({ status: 400, body: { field } });
  });
});

describe('the outbox', () => {
  const queue = (to: string, more: { expiresInMs?: number; text?: string } = {}): Promise<void> =>
    mailQueue(door.gateway.parts.db, door.gateway.parts.seal, {
      to,
      subject: 'A subject',
      text: more.text ?? 'https://basalt.test/reset/T0ken-In-The-Mail',
      expiresAt: new Date(Date.now() + (more.expiresInMs ?? 60_000)),
    });
  const waiting = async (): Promise<Record<string, unknown>[]> =>
    (await door.gateway.parts.db.execute('select * from mail_outbox order by id')).rows;

  it('[SET-01] keeps mails while the server is away, sends them once it is back, and forgets their text', async () => {
    const port = await freePort();
    await update({ ...settings(port), password: null });
    for (let i = 0; i < 5; i += 1) await queue(`person-${i}@basalt.test`);
    expect(JSON.stringify(await waiting())).not.toContain('T0ken');
    await expect
      .poll(async () => (await waiting()).some((row) => Number(row['attempts']) >= 2), { timeout: 10_000 })
      .toBe(true);
    await withSink({ port }, async (sink) => {
      await expect.poll(() => sink.mails.length, { timeout: 15_000 }).toBe(5);
      await expect
        .poll(async () => (await waiting()).every((row) => row['sent_at'] !== null), { timeout: 5_000 })
        .toBe(true);
      expect(new Set(sink.mails.map(({ to }) => to)).size).toBe(5);
      expect(sink.mails[0]?.raw).toContain('T0ken-In-The-Mail');
    });
    expect((await waiting()).every((row) => row['text'] === '')).toBe(true);
  });

  it('[SET-01] gives up what is refused for good and what has expired, and goes on with the rest', async () => {
    await withSink({ refuse: 'nobody' }, async (sink) => {
      await update({ ...settings(sink.port), enabled: false, password: null });
      await queue('nobody@basalt.test');
      await queue('late@basalt.test', { expiresInMs: 1 });
      await queue('fine@basalt.test');
      await update({ ...settings(sink.port), password: null });
      await expect.poll(() => sink.mails.map(({ to }) => to), { timeout: 10_000 }).toEqual(['fine@basalt.test']);
      const rows = (await waiting()).slice(-3);
      expect(rows).toMatchObject([
        { failed_at: expect.anything(), error: expect.stringContaining('No such mailbox'), text: '' },
        { failed_at: expect.anything(), error: 'expired', text: '' },
        { failed_at: null },
      ]);
    });
  });

  it('[SET-01] two gateways on one database send each mail once', async () => {
    await withSink({}, async (sink) => {
      await update({ ...settings(sink.port), password: null });
      const second = await doorOpen(postgres, {
        env: { databaseUrl: door.env.databaseUrl, stateDirectory: door.directory },
        work,
      });
      try {
        await Promise.all(Array.from({ length: 40 }, (_, i) => queue(`p${i}@basalt.test`)));
        await expect.poll(() => sink.mails.length, { timeout: 20_000 }).toBe(40);
        await expect
          .poll(async () => (await waiting()).every((row) => row['sent_at'] !== null || row['failed_at'] !== null), {
            timeout: 5_000,
          })
          .toBe(true);
        expect(new Set(sink.mails.map(({ to }) => to)).size).toBe(40);
        expect(sink.mails.length).toBe(40);
      } finally {
        await second.close();
      }
    });
  });

  it('[SET-01] a gateway that ends lets the mail under way end; what waits is there for the next', async () => {
    let isSlow = true;
    await withSink(
      {
        onMailFrom: (_address, _session, done) => void setTimeout(() => done(null), isSlow ? 400 : 0),
      },
      async (sink) => {
        await update({ ...settings(sink.port), password: null });
        for (let i = 0; i < 3; i += 1) await queue(`q${i}@basalt.test`);
        await expect
          .poll(
            async () =>
              (await waiting()).some(
                (row) => Number(row['attempts']) > 0 && row['sent_at'] === null && row['failed_at'] === null,
              ),
            { timeout: 5_000 },
          )
          .toBe(true);
        await door.restart();
        isSlow = false;
        await expect.poll(() => new Set(sink.mails.map(({ to }) => to)).size, { timeout: 20_000 }).toBe(3);
        expect(sink.mails.length).toBe(3);
        cookie = await door.signIn('admin@basalt.local');
      },
    );
  });

  it('[SET-01] is bounded', async () => {
    await update({ ...settings(25), enabled: false, password: null });
    await door.gateway.parts.db.execute(
      `insert into mail_outbox ("to", subject, text, expires_at) select 'x@basalt.test', 's', 't', now() + interval '1 hour' from generate_series(1, 10000)`,
    );
    await expect(queue('more@basalt.test')).rejects.toMatchObject({ code: 'limitReached' });
    await door.gateway.parts.db.execute('delete from mail_outbox');
  });
});
