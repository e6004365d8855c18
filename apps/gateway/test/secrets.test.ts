/**
 * Drives everything that handles secrets, with secrets that can be told apart from anything else, then looks for them in all
 * that was written: the logs at their most talkative, every text column of every table, the operation log among them.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { logger, type TestPostgres } from '@basalt/service';
import { mailQueue } from '../src/mail/outbox.ts';
import { platformKeyRotate } from '../src/platform-key.ts';
import { doorOpen, PASSWORD, postgresOpen, rest, type Answer, type Door } from './harness.ts';
import { mailSinkOpen, SINK_PASSWORD, SINK_USER, sinkAuthority } from './mail-sink.ts';
import { codeOf } from './sign-in-kit.ts';
import { keyCreate, signedFetch } from './signed.ts';
import { event, pace } from './webhook-kit.ts';
import { webhookSinkOpen } from './webhook-sink.ts';

let postgres: TestPostgres;
let door: Door;
const lines: string[] = [];
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres, {
    log: logger('gateway', 'trace', { write: (line) => void lines.push(line) }),
    work: { ...pace(), mail: { everyMs: 50, backOffMs: 50, deadlines: { stageMs: 2_000, totalMs: 5_000 } } },
  });
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const good = (answer: Answer): Answer => {
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer;
};

/** Everything that the database holds, as text. */
async function databaseText(): Promise<string> {
  const { db } = door.gateway.parts;
  const { rows: tables } = await db.execute<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await db.execute(`select row_to_json(t)::text as text from ${name} t`);
    parts.push(...rows.map(({ text }) => `${name} ${String(text)}`));
  }
  return parts.join('\n');
}

it('[AUD-01] no secret that goes through the gateway is written anywhere', async () => {
  const secrets = new Map<string, string>([
    ['password', PASSWORD],
    ['wrong password', 'Wr0ng-Marked-Pass'],
    ['new password', 'N3w-Marked-Pass'],
    ['mail password', SINK_PASSWORD],
    ['unused mail password', 'Un-used-Mail-Pass7'],
    ['link in a mail', 'https://basalt.test/reset/Marked-T0ken-In-Mail'],
  ]);
  await rest(door, 'POST', '/session', { body: { email: 'admin@basalt.local', password: 'Wr0ng-Marked-Pass' } });
  let cookie = await door.signIn('admin@basalt.local');
  const session = (text: string): string => /basalt_session=([^;]+)/u.exec(text)?.[1] ?? '';
  secrets.set('session', session(cookie));
  const changed = good(
    await rest(door, 'POST', '/session/password', { cookie, body: { current: PASSWORD, password: 'N3w-Marked-Pass' } }),
  );
  if (changed.cookie.includes('basalt_session')) cookie = changed.cookie;

  const authority = await sinkAuthority();
  const sink = await mailSinkOpen({ authority, authOptional: false });
  try {
    const server = {
      enabled: true,
      host: '127.0.0.1',
      port: sink.port,
      security: 'starttls',
      user: SINK_USER,
      sender: 'b@basalt.test',
      subjectPrefix: '',
      ca: authority.certificate,
    };
    good(await rest(door, 'PUT', '/mail', { cookie, body: { version: 0, ...server, password: SINK_PASSWORD } }));
    good(await rest(door, 'POST', '/mail/actions/test', { cookie, body: { to: 'x@basalt.test' } }));
    const refused = await rest(door, 'POST', '/mail/actions/test', {
      cookie,
      body: { to: 'x@basalt.test', settings: { ...server, password: 'Un-used-Mail-Pass7' } },
    });
    expect(refused.body).toMatchObject({ ok: false, stage: 'auth' });
    expect(JSON.stringify(refused.body)).not.toContain('Un-used-Mail-Pass7');
    // something that fails in the middle is told in the log of the service, and must not tell more than that
    await rest(door, 'PUT', '/mail', { cookie, body: { version: 'x', ...server, password: 'Un-used-Mail-Pass7' } });
    const { db, seal } = door.gateway.parts;
    const text = secrets.get('link in a mail') ?? '';
    await mailQueue(db, seal, { to: 'y@basalt.test', subject: 's', text, expiresAt: new Date(Date.now() + 60_000) });
    await expect
      .poll(() => sink.mails.some(({ raw }) => raw.replaceAll('=\r\n', '').includes('Marked-T0ken-In-Mail')), {
        timeout: 20_000,
      })
      .toBe(true);
    await mailQueue(db, seal, { to: 'z@basalt.test', subject: 's', text, expiresAt: new Date(Date.now() + 60_000) });
  } finally {
    await sink.close();
  }

  const key = await keyCreate(door, cookie);
  secrets.set('private key', key.privateKey);
  good(await signedFetch(door, key, 'GET', '/my-account'));

  const headerValue = 'Bearer Marked-Header-V4lue';
  secrets.set('header of a webhook', headerValue);
  secrets.set('query of a webhook', 'Marked-Query-V4lue');
  const hooks = await webhookSinkOpen();
  try {
    good(await rest(door, 'PUT', '/webhook-destinations', { cookie, body: { version: 0, allowed: ['127.0.0.0/8'] } }));
    const headers = [{ name: 'Authorization', value: headerValue }];
    // what an echoing receiver sends back is kept, but not its secrets
    hooks.answer = (received, response) => void response.writeHead(500).end(JSON.stringify(received.headers));
    const made = good(
      await rest(door, 'POST', '/webhooks', { cookie, body: { name: 'hook', url: hooks.url, headers } }),
    );
    secrets.set('secret of a webhook', String(made.body['secret']).slice('whsec_'.length));
    const { id, version } = made.body['webhook'] as { id: string; version: number };
    good(await rest(door, 'POST', `/webhooks/${id}/actions/test`, { cookie, body: {} }));
    const rotated = good(await rest(door, 'POST', `/webhooks/${id}/actions/rotate-secret`, { cookie, body: {} }));
    secrets.set('new secret of a webhook', String(rotated.body['secret']).slice('whsec_'.length));
    door.region.feed.events.push(event(1));
    await expect.poll(() => hooks.received.length, { timeout: 20_000 }).toBeGreaterThan(1);
    const change = {
      version,
      name: 'hook',
      url: `${hooks.url}?key=Marked-Query-V4lue`,
      headers: [{ name: 'Authorization' }],
    };
    const moved = good(await rest(door, 'PUT', `/webhooks/${id}`, { cookie, body: change }));
    good(
      await rest(door, 'PUT', `/webhooks/${id}`, {
        cookie,
        body: { ...change, version: moved.body['version'], url: hooks.url },
      }),
    );
    const told = [
      await rest(door, 'GET', `/webhooks/${id}`, { cookie }),
      await rest(door, 'GET', `/webhooks/${id}/deliveries`, { cookie }),
    ];
    expect(JSON.stringify(told.map(({ body }) => body))).toContain('webhook-signature');
    expect(JSON.stringify(told.map(({ body }) => body))).not.toContain('Marked-Header-V4lue');
  } finally {
    await hooks.close();
  }

  const prepared = good(
    await rest(door, 'POST', '/my-account/totp/prepare', { cookie, body: { password: 'N3w-Marked-Pass' } }),
  );
  const secret = String(prepared.body['secret']);
  secrets.set('TOTP secret', secret);
  const enabled = good(await rest(door, 'POST', '/my-account/totp', { cookie, body: { code: codeOf(secret) } }));
  const recovery = enabled.body['recoveryCodes'];
  for (const [i, code] of (Array.isArray(recovery) ? recovery : []).entries())
    secrets.set(`recovery code ${i}`, String(code));
  expect(secrets.size).toBeGreaterThan(12);
  const asked = good(
    await rest(door, 'POST', '/session', { body: { email: 'admin@basalt.local', password: 'N3w-Marked-Pass' } }),
  );
  secrets.set('ticket', String(asked.body['ticket']));
  const [, code = ''] = [...secrets].find(([name]) => name === 'recovery code 0') ?? [];
  const signed = good(await rest(door, 'POST', '/session/totp', { body: { ticket: asked.body['ticket'], code } }));
  secrets.set('second session', session(signed.cookie));

  // failures of the database tell statements, not what they were given
  const { db, log } = door.gateway.parts;
  const failure: unknown = await db.execute(`select '${secret}'::int`).then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Error);
  log.warn(
    { request: { headers: { cookie, authorization: key.privateKey }, body: { password: PASSWORD } } },
    'as somebody might',
  );
  await platformKeyRotate({ db, stateDirectory: door.directory, graceMs: 0 });

  const written = { log: lines.join(''), database: await databaseText() };
  expect(written.log).toContain('as somebody might');
  expect(written.database).toContain('myAccount.enableTotp');
  for (const [name, value] of secrets) {
    expect(value.length, name).toBeGreaterThanOrEqual(8);
    for (const [place, text] of Object.entries(written))
      expect(text.includes(value), `${name} in the ${place}`).toBe(false);
  }
}, 90_000);
