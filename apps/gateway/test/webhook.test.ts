/** Setting webhooks up: who may, what is refused, what is told and what never is. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WEBHOOKS_MAX } from '@basalt/contract';
import { newId, type TestPostgres } from '@basalt/service';
import { callerOf, codeAndField, type Caller } from './account-kit.ts';
import { postgresOpen, rest, type Door } from './harness.ts';
import { again, deliveriesOf, event, pace, patient, webhookDoorOpen, webhookGet, webhookMake } from './webhook-kit.ts';
import { refuses, webhookSinkOpen } from './webhook-sink.ts';

let postgres: TestPostgres;
let door: Door;
let admin: Caller;
let cookie: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  ({ door, admin, cookie } = await webhookDoorOpen(postgres, { work: pace() }, []));
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await door.gateway.parts.db.execute('delete from webhook');
});

const url = 'https://receiver.test/hook';
const logged = async () => (await admin.call('operationLog', 'list', { limit: 200 })).items;
const allow = async (allowed: string[]): Promise<void> => {
  const { version } = await admin.call('webhook', 'destinations');
  await admin.call('webhook', 'updateDestinations', { version, allowed });
};

describe('a webhook', () => {
  it('[API-03] is made, told, found, changed and deleted; its secret is told once', async () => {
    const { id, secret, webhook } = await webhookMake(admin, url, { name: 'to the ticket system', kinds: ['task'] });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/u);
    expect(webhook).toMatchObject({
      name: 'to the ticket system',
      state: 'waiting',
      kinds: ['task'],
      createdBy: { name: 'admin@basalt.local' },
      version: 1,
    });
    await webhookMake(admin, 'https://other.test/', { name: 'another' });
    const list = await admin.call('webhook', 'list', { search: 'TICKET' });
    expect(list).toMatchObject({ total: 1, items: [{ id }] });
    const byUrl = await admin.call('webhook', 'list', { sort: { field: 'url', order: 'desc' }, limit: 1 });
    expect(byUrl).toMatchObject({ total: 2, items: [{ id }] });
    expect(byUrl.nextCursor).not.toBeNull();
    expect(JSON.stringify([list, await webhookGet(admin, id)])).not.toContain(secret);

    const changed = await admin.call('webhook', 'update', { ...again(webhook), enabled: false, kinds: [] });
    expect(changed).toMatchObject({ state: 'off', kinds: [], version: 2 });
    const stale = await admin.refused('webhook', 'update', { ...again(webhook), name: 'late' });
    expect(stale).toMatchObject({ code: 'changedMeanwhile', params: { who: 'admin@basalt.local' } });
    await admin.call('webhook', 'delete', { id });
    for (const verb of ['get', 'deliveries', 'retry', 'skip', 'test', 'rotateSecret', 'delete'] as const)
      expect((await admin.refused('webhook', verb, { id })).code, verb).toBe('notFound');
    const operations = (await logged()).filter(({ resources }) => resources.some((one) => one.id === id));
    expect(operations.map(({ operation, result }) => `${operation} ${result}`)).toEqual(
      expect.arrayContaining([
        'webhook.delete succeeded',
        'webhook.update failed',
        'webhook.update succeeded',
        'webhook.create succeeded',
      ]),
    );
    expect(
      operations.find(({ operation, result }) => operation === 'webhook.update' && result === 'succeeded'),
    ).toMatchObject({
      detail: { enabled: { from: true, to: false }, kinds: { from: ['task'], to: [] } },
    });
  });

  it('[API-03] is refused with the field that is wrong', async () => {
    await webhookMake(admin, url, { name: 'taken' });
    const tries: [object, string, string][] = [
      [{ name: 'taken' }, 'nameTaken', 'name'],
      [{ regions: ['region-1', 'nowhere'] }, 'notFound', 'regions.1'],
      [{ headers: [{ name: 'X-Token' }] }, 'invalidInput', 'headers.0.value'],
      [{ headers: [{ name: 'Host', value: 'x' }] }, 'invalidInput', 'headers.0.name'],
      [{ headers: [{ name: 'webhook-id', value: 'x' }] }, 'invalidInput', 'headers.0.name'],
      [{ headers: [{ name: 'a b', value: 'x' }] }, 'invalidInput', 'headers.0.name'],
      [{ headers: [{ name: 'a', value: 'x\r\nevil: 1' }] }, 'invalidInput', 'headers.0.value'],
      [{ ca: 'no certificate' }, 'invalidInput', 'ca'],
      [{ url: 'ftp://receiver.test/' }, 'invalidInput', 'url'],
      [{ url: 'https://user:pass@receiver.test/' }, 'invalidInput', 'url'],
    ];
    for (const [given, code, field] of tries)
      expect(
        codeAndField(await admin.refused('webhook', 'create', { name: 'new', url, ...given })),
        JSON.stringify(given),
      ).toEqual([code, field]);
  });

  it('[API-03] may not lead to an address within, in whatever form it is written', async () => {
    const inside = [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '10.1.2.3:8080',
      '169.254.169.254',
      '[::1]',
      '[::ffff:192.168.0.1]',
      '0',
      '[fe80::1]',
      '100.64.0.1',
    ];
    for (const host of inside) {
      const refused = await admin.refused('webhook', 'create', { name: 'n', url: `http://${host}/` });
      expect(codeAndField(refused), host).toEqual(['invalidInput', 'url']);
      expect(refused.message).toContain('private networks that webhooks may be sent to');
    }
    const { webhook } = await webhookMake(admin, url);
    expect(
      codeAndField(await admin.refused('webhook', 'update', { ...again(webhook), url: 'https://192.168.1.1/' })),
    ).toEqual(['invalidInput', 'url']);
    await allow(['192.168.0.0/16']);
    const moved = await admin.call('webhook', 'update', { ...again(webhook), url: 'https://192.168.1.1/' });
    expect(moved.url).toBe('https://192.168.1.1/');
    await allow([]);
  });

  it('[API-03] keeps its headers’ values, but not for another host', async () => {
    const headers = [{ name: 'Authorization', value: 'Bearer top-s3cret' }];
    const { webhook } = await webhookMake(admin, `${url}?key=qu3ry-s3cret`, { headers });
    expect(webhook.headers).toEqual(['Authorization']);
    expect(JSON.stringify(webhook)).not.toContain('top-s3cret');
    const keep = [{ name: 'authorization' }];
    // told as it was written last
    const kept = await admin.call('webhook', 'update', {
      ...again(webhook),
      url: 'https://receiver.test/other?key=an0ther',
      headers: keep,
    });
    expect(kept.headers).toEqual(['authorization']);
    for (const elsewhere of ['https://attacker.test/', 'http://receiver.test/other', 'https://receiver.test:444/'])
      expect(
        codeAndField(await admin.refused('webhook', 'update', { ...again(kept), url: elsewhere, headers: keep })),
        elsewhere,
      ).toEqual(['invalidInput', 'headers.0.value']);
    const anew = [{ name: 'authorization', value: 'Bearer n3w-s3cret' }];
    const moved = await admin.call('webhook', 'update', {
      ...again(kept),
      url: 'https://attacker.test/',
      headers: anew,
    });
    const bare = await admin.call('webhook', 'update', { ...again(moved), headers: [] });
    expect(bare.headers).toEqual([]);
    const entries = JSON.stringify(await logged());
    expect(entries).toContain('key=…');
    expect(entries).toContain('"headers":"changed"');
    for (const secret of ['top-s3cret', 'n3w-s3cret', 'qu3ry-s3cret', 'an0ther']) expect(entries).not.toContain(secret);
  });

  it('[API-03] is one of fifty at most', async () => {
    for (let i = 0; i < WEBHOOKS_MAX - 1; i += 1) await webhookMake(admin, url, { enabled: false });
    const two = await Promise.allSettled([webhookMake(admin, url), webhookMake(admin, url)]);
    expect(two.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await admin.refused('webhook', 'create', { name: 'more', url })).toMatchObject({ code: 'limitReached' });
  });

  it('[API-03] is made once by a request that comes twice, and its secret is told both times', async () => {
    const body = { name: 'once', url, requestToken: newId() };
    const first = await rest(door, 'POST', '/webhooks', { cookie, body });
    const second = await rest(door, 'POST', '/webhooks', { cookie, body });
    expect(first.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect((await admin.call('webhook', 'list')).total).toBe(1);
    const { rows } = await door.gateway.parts.db.execute('select * from webhook, idempotency');
    expect(JSON.stringify(rows)).not.toContain(String(first.body['secret']));
  });
});

describe('a test', () => {
  it('[API-03] sends a message and tells how far it came, in the caller’s language', async () => {
    const sink = await webhookSinkOpen();
    await allow(['127.0.0.0/8']);
    try {
      const { id } = await webhookMake(admin, sink.url, { enabled: false });
      const told = await admin.call('webhook', 'test', { id });
      expect(told).toMatchObject({ ok: true, stage: 'done', status: 204, text: 'The receiver took it (204)' });
      expect(sink.received[0]!.message).toMatchObject({ type: 'test', region: null, events: [], webhook: id });
      sink.answer = refuses(404, {}, 'no such path');
      await admin.call('session', 'setPreferences', { locale: 'zh-CN' });
      expect(await admin.call('webhook', 'test', { id })).toMatchObject({
        ok: false,
        stage: 'answer',
        answer: 'no such path',
        text: '接收端返回错误（404）',
      });
      await admin.call('session', 'setPreferences', { locale: 'en-US' });
      expect(await deliveriesOf(admin, id)).toMatchObject([
        { ok: false, status: 404, region: null, first: null, events: 0 },
        { ok: true, status: 204, region: null },
      ]);
      expect(await webhookGet(admin, id)).toMatchObject({ state: 'off', failures: 0 });
      const entries = (await logged()).filter(
        ({ operation, resources }) => operation === 'webhook.test' && resources[0]?.id === id,
      );
      expect(entries).toMatchObject([
        { result: 'succeeded', detail: { ok: false, stage: 'answer', status: 404 } },
        { result: 'succeeded', detail: { ok: true } },
      ]);
    } finally {
      await sink.close();
      await allow([]);
    }
  });
});

describe('what waits', () => {
  it('[API-03] is told of each region, and not of one that is away', async () => {
    door.region.feed.events = [event(1)];
    const { id } = await webhookMake(admin, url, { enabled: false });
    door.region.feed.events.push(event(2), event(3));
    await expect
      .poll(async () => (await webhookGet(admin, id)).places[0], patient)
      .toEqual({ region: 'region-1', delivered: 1, waiting: 2 });
    door.region.feed.broken = true;
    await expect.poll(async () => (await webhookGet(admin, id)).places[0]?.waiting, patient).toBeNull();
    door.region.feed.broken = false;
  });
});

describe('private networks', () => {
  it('[API-03] are kept in one form, changed upon the version that was read, and logged', async () => {
    const { version } = await admin.call('webhook', 'destinations');
    const told = await admin.call('webhook', 'updateDestinations', {
      version,
      allowed: ['10.0.0.0/8', 'FD00:0::/8', '10.0.0.0/8'],
    });
    expect(told).toMatchObject({ allowed: ['10.0.0.0/8', 'fd00::/8'], version: version + 1 });
    expect(await admin.call('webhook', 'destinations')).toEqual(told);
    expect(await admin.refused('webhook', 'updateDestinations', { version, allowed: [] })).toMatchObject({
      code: 'changedMeanwhile',
    });
    expect(
      codeAndField(
        await admin.refused('webhook', 'updateDestinations', { version: version + 1, allowed: ['10.0.0.1/8'] }),
      ),
    ).toEqual(['invalidInput', 'allowed.0']);
    expect((await logged()).find(({ operation }) => operation === 'webhook.updateDestinations')).toBeDefined();
    await allow([]);
  });
});

describe('accounts', () => {
  it('[API-03] of regions, and keys without the permission, have nothing to do with webhooks', async () => {
    await door.accountAdd('regional@basalt.local', 'regionAdmin', { regions: ['region-1'] });
    const regional = callerOf(door, await door.signIn('regional@basalt.local'));
    for (const verb of ['list', 'destinations', 'create'] as const)
      expect(await regional.refused('webhook', verb, { name: 'n', url }), verb).toMatchObject({
        code: 'permissionMissing',
      });
  });
});
