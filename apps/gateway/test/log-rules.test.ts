import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type TestPostgres } from '@basalt/service';
import { digestText } from '../src/log/digest.ts';
import { ruleMatches, rulesTurn } from '../src/log/rules.ts';
import { operationLogAdd, type LogEntry } from '../src/store/operation-log-store.ts';
import { operationLog } from '../src/store/schema.ts';
import { code, doorOpen, postgresOpen, rest, type Answer, type Door } from './harness.ts';
import { mailSinkOpen, type MailSink } from './mail-sink.ts';

const patient = { timeout: 20_000 };
const work = {
  mail: { everyMs: 50, backOffMs: 100, deadlines: { stageMs: 2_000, totalMs: 5_000 } },
  rules: { everyMs: 100, entriesPerMail: 3 },
};
let postgres: TestPostgres;
let door: Door;
let cookie: string;
let regional: string;
let sink: MailSink;
beforeAll(async () => {
  postgres = await postgresOpen();
  sink = await mailSinkOpen();
  door = await doorOpen(postgres, { work });
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  await door.accountAdd('region@basalt.local', 'regionAdmin', { regions: ['region-1'] });
  cookie = await door.signIn('admin@basalt.local');
  regional = await door.signIn('region@basalt.local');
  await rest(door, 'PUT', '/mail', {
    cookie,
    body: {
      version: 0,
      enabled: true,
      host: '127.0.0.1',
      port: sink.port,
      security: 'none',
      user: '',
      sender: 'basalt@basalt.test',
      subjectPrefix: '',
    },
  });
}, 60_000);
afterAll(async () => {
  await door.close();
  await sink.close();
  await postgres[Symbol.asyncDispose]();
});

const ask = (method: string, path: string, body?: object, as = cookie): Promise<Answer> =>
  rest(door, method, path, { cookie: as, ...(body ? { body } : {}) });
const group = async (
  name: string,
  emails = ['one@basalt.test', 'two@basalt.test', 'one@basalt.test'],
): Promise<string> => String((await ask('POST', '/notification-groups', { name, emails })).body['id']);
const entry = (more: Partial<LogEntry> = {}): LogEntry => ({
  operation: 'vm.start',
  region: 'region-1',
  accountName: '李雷',
  via: 'console',
  address: '10.0.0.1',
  client: 'test',
  requestId: newId(),
  result: 'failed',
  error: 'timedOut',
  resources: [{ kind: 'vm', id: newId(), name: 'web-1' }],
  ...more,
});
/** Whose log has caught up with the rules' place. */
const toldAll = (): Promise<void> =>
  expect
    .poll(async () => {
      const { rows } = await door.gateway.parts.db.execute<{ behind: number }>(
        `select ((select max(sequence) from operation_log) - (select sequence from log_forward where name = 'rules'))::int as behind`,
      );
      return rows[0]?.behind;
    }, patient)
    .toBe(0);
const decoded = (raw: string): string => {
  const [head = '', ...body] = raw.split('\r\n\r\n');
  const text = body.join('\r\n\r\n');
  if (/base64/iu.test(head)) return Buffer.from(text, 'base64').toString('utf8');
  return Buffer.from(
    text
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/gu, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
};

describe('notification groups', () => {
  it('[AUD-03] are made, listed, searched, changed and removed; a name stands once', async () => {
    const id = await group('值班组');
    expect(code(await ask('POST', '/notification-groups', { name: '值班组', emails: ['a@b.test'] }))).toBe('nameTaken');
    expect((await ask('GET', '/notification-groups?search=TWO@')).body).toMatchObject({
      total: 1,
      items: [{ id, name: '值班组', emails: ['one@basalt.test', 'two@basalt.test'], rules: 0 }],
    });
    const changed = await ask('PUT', `/notification-groups/${id}`, { name: '值班', emails: ['three@basalt.test'] });
    expect(changed.body).toMatchObject({ name: '值班', emails: ['three@basalt.test'] });
    expect((await ask('DELETE', `/notification-groups/${id}`, {})).status).toBe(200);
    expect(code(await ask('DELETE', `/notification-groups/${id}`, {}))).toBe('notFound');
    const { rows } = await door.gateway.parts.db.execute(
      `select operation, result, error from operation_log where module = 'notificationGroup' order by sequence`,
    );
    expect(rows).toMatchObject([
      { operation: 'notificationGroup.create', result: 'succeeded' },
      { operation: 'notificationGroup.create', result: 'failed', error: 'nameTaken' },
      { operation: 'notificationGroup.update' },
      { operation: 'notificationGroup.delete', result: 'succeeded' },
      { operation: 'notificationGroup.delete', result: 'failed', error: 'notFound' },
    ]);
  });

  it('[AUD-03] that a rule uses stay', async () => {
    const id = await group('used');
    const rule = await ask('POST', '/operation-log/rules', {
      name: 'uses it',
      result: 'failed',
      notificationGroupId: id,
      enabled: false,
    });
    expect(rule.body).toMatchObject({ notificationGroup: 'used' });
    const refused = await ask('DELETE', `/notification-groups/${id}`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'inUse', params: { users: 'uses it' } } });
    expect((await ask('DELETE', `/operation-log/rules/${String(rule.body['id'])}`, {})).status).toBe(200);
    expect((await ask('DELETE', `/notification-groups/${id}`, {})).status).toBe(200);
  });
});

describe('rules', () => {
  it('[AUD-03] one mail per address and turn tells of what matches, the newest entries of many', async () => {
    const id = await group('failures');
    const made = await ask('POST', '/operation-log/rules', {
      name: 'VM failures',
      regions: ['region-1'],
      modules: ['vm'],
      result: 'failed',
      notificationGroupId: id,
    });
    expect(made.status).toBe(200);
    await toldAll();
    sink.mails.length = 0;
    const { db } = door.gateway.parts;
    await operationLogAdd(
      db,
      ...Array.from({ length: 5 }, (_, i) => entry({ resources: [{ kind: 'vm', id: newId(), name: `web-${i}` }] })),
      entry({ region: 'region-2' }),
      entry({ region: null }),
      entry({ result: 'succeeded' }),
      entry({ result: 'accepted' }),
      entry({ operation: 'image.delete' }),
    );
    await expect
      .poll(() => sink.mails.map(({ to }) => to).toSorted(), patient)
      .toEqual(['one@basalt.test', 'two@basalt.test']);
    const text = decoded(sink.mails[0]?.raw ?? '');
    expect(text).toContain('5 条');
    expect(text).toMatch(/web-4[^]*web-3[^]*web-2/u);
    expect(text).not.toContain('web-1');
    expect(text).toContain('更早的 2 条');
    expect(text).toContain('李雷');
    expect(text).toContain('操作超时');
    await toldAll();
    await ask('DELETE', `/operation-log/rules/${String(made.body['id'])}`, {});
    expect(sink.mails.length).toBe(2);
  });

  it('[AUD-03] tell of nothing from before they were made, and of nothing while they are off', async () => {
    const id = await group('later');
    const { db } = door.gateway.parts;
    await operationLogAdd(db, entry());
    const body = { name: 'later', result: 'all', notificationGroupId: id };
    const made = await ask('POST', '/operation-log/rules', { ...body, enabled: false });
    const [row] = await db.select().from(operationLog).limit(1);
    if (!row) throw new Error('the log is empty');
    const rule = {
      enabled: true,
      regions: [],
      modules: [],
      result: 'all' as const,
      createdAt: new Date(row.recordedAt.getTime() + 1),
    };
    expect(ruleMatches(rule, row)).toBe(false);
    expect(ruleMatches({ ...rule, createdAt: row.recordedAt }, row)).toBe(true);
    expect(ruleMatches({ ...rule, createdAt: row.recordedAt, enabled: false }, row)).toBe(false);
    await ask('DELETE', `/operation-log/rules/${String(made.body['id'])}`, {});
  });

  it('[AUD-03] each entry is told once although two take the same turn', async () => {
    const own = await doorOpen(postgres, { work: { rules: { everyMs: 3_600_000, entriesPerMail: 3 } } });
    try {
      await own.accountAdd('admin@basalt.local', 'systemAdmin');
      const session = await own.signIn('admin@basalt.local');
      const as = { cookie: session };
      await rest(own, 'PUT', '/mail', {
        ...as,
        body: {
          version: 0,
          enabled: true,
          host: '127.0.0.1',
          port: 9,
          security: 'none',
          user: '',
          sender: 'b@basalt.test',
          subjectPrefix: '',
        },
      });
      const made = await rest(own, 'POST', '/notification-groups', {
        ...as,
        body: { name: 'g', emails: ['x@basalt.test'] },
      });
      await rest(own, 'POST', '/operation-log/rules', {
        ...as,
        body: { name: 'r', result: 'failed', notificationGroupId: made.body['id'] },
      });
      const { db, seal, log } = own.gateway.parts;
      const turn = (): Promise<boolean> => rulesTurn({ db, seal, log, locale: 'en-US', entriesPerMail: 3 })();
      await turn();
      await turn();
      await operationLogAdd(db, entry());
      await Promise.all([turn(), turn(), turn()]);
      const { rows } = await db.execute('select subject, text from mail_outbox');
      expect(rows).toMatchObject([{ subject: 'Operation log: r (1)' }]);
      expect(seal.unseal(String(rows[0]?.['text']))).toContain('web-1');
    } finally {
      await own.close();
    }
  });

  it('[IAM-02] an account of regions has rules for its regions only', async () => {
    const id = await group('regional');
    const body = { result: 'all', notificationGroupId: id };
    const global = await ask('POST', '/operation-log/rules', { ...body, name: 'global', enabled: false });
    for (const regions of [[], ['region-2'], ['region-1', 'region-2']])
      expect(await ask('POST', '/operation-log/rules', { ...body, name: 'mine', regions }, regional)).toMatchObject({
        body: { code: 'invalidInput', field: 'regions' },
      });
    const mine = await ask(
      'POST',
      '/operation-log/rules',
      { ...body, name: 'mine', regions: ['region-1'], enabled: false },
      regional,
    );
    expect((await ask('GET', '/operation-log/rules', undefined, regional)).body).toMatchObject({
      items: [{ name: 'mine' }],
    });
    expect((await ask('GET', '/operation-log/rules')).body['items']).toHaveLength(2);
    const path = `/operation-log/rules/${String(global.body['id'])}`;
    expect(code(await ask('DELETE', path, {}, regional))).toBe('notFound');
    expect(code(await ask('PUT', path, { ...body, name: 'x', regions: ['region-1'] }, regional))).toBe('notFound');
    const own = `/operation-log/rules/${String(mine.body['id'])}`;
    expect(code(await ask('PUT', own, { ...body, name: 'mine', regions: [] }, regional))).toBe('invalidInput');
    expect(
      (await ask('PUT', own, { ...body, name: 'renamed', regions: ['region-1'], enabled: false }, regional)).body,
    ).toMatchObject({ name: 'renamed' });
  });
});

it('[AUD-03] a digest cannot be broken by what stands in an entry', async () => {
  const [row] = await door.gateway.parts.db.select().from(operationLog).limit(1);
  if (!row) throw new Error('the log is empty');
  const nasty = {
    ...row,
    accountName: 'a\r\n\u001B[31mb',
    resources: [{ kind: 'vm', id: 'i', name: '{count}\nBcc: x' }],
  };
  const { text, subject } = digestText('r{count}', [nasty], 5, 'en-US');
  expect(text.split('\n').filter(Boolean)).toHaveLength(2);
  expect(text).not.toContain('\u001B');
  expect(subject).toBe('Operation log: r{count} (1)');
});
