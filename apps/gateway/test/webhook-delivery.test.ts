/** Events reach their receivers: signed, in order, each at least once, whatever is away meanwhile. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WEBHOOK_BODY_MAX } from '@basalt/contract';
import { freePort, logger, type TestPostgres } from '@basalt/service';
import { webhookVerify } from '../../../packages/sdk/src/index.ts';
import { gatewayStart, type Gateway } from '../src/gateway.ts';
import type { Caller } from './account-kit.ts';
import { postgresOpen, type Door } from './harness.ts';
import {
  again,
  deliveriesOf,
  event,
  events,
  pace,
  patient,
  range,
  webhookDoorOpen,
  webhookGet,
  webhookMake,
} from './webhook-kit.ts';
import { hangs, refuses, takes, webhookSinkOpen, type WebhookSink } from './webhook-sink.ts';

let postgres: TestPostgres;
let door: Door;
let admin: Caller;
let sink: WebhookSink;
beforeAll(async () => {
  postgres = await postgresOpen();
}, 60_000);
afterAll(() => postgres[Symbol.asyncDispose]());
beforeEach(async () => {
  ({ door, admin } = await webhookDoorOpen(postgres));
  sink = await webhookSinkOpen();
});
afterEach(async () => {
  await door.close();
  await sink.close();
});
const here = { regions: ['region-1'] } as const;
const make = (more: Parameters<typeof webhookMake>[2] = {}, url = sink.url) =>
  webhookMake(admin, url, { regions: [...here.regions], ...more });

describe('events', () => {
  it('[API-03] are posted in order from the moment of creation on, none before, in messages of at most 100', async () => {
    door.region.feed.events = events(1, 10);
    const { id, webhook } = await make();
    expect(webhook).toMatchObject({ state: 'waiting', places: [{ region: 'region-1', delivered: 10, waiting: 0 }] });
    door.region.feed.events.push(...events(11, 700));
    await expect.poll(() => sink.taken.length, patient).toBe(690);
    expect(sink.taken).toEqual(range(11, 700));
    expect(Math.max(...sink.received.map(({ message }) => message.events.length))).toBe(100);
    expect(sink.received[0]!.message).toMatchObject({
      type: 'events',
      webhook: id,
      region: 'region-1',
      missed: false,
      events: door.region.feed.events.slice(10, 110),
    });
    await expect
      .poll(() => webhookGet(admin, id), patient)
      .toMatchObject({ state: 'delivering', failures: 0, places: [{ delivered: 700, waiting: 0 }] });
    const deliveries = await deliveriesOf(admin, id);
    expect(deliveries).toHaveLength(7);
    expect(deliveries.at(-1)).toMatchObject({
      ok: true,
      stage: 'done',
      status: 204,
      first: 11,
      last: 110,
      events: 100,
      attempt: 1,
    });
  });

  it('[API-03] are signed; the SDK believes them, with the old secret too while it is exchanged', async () => {
    const { id, secret } = await make({ headers: [{ name: 'X-Who', value: 'receiver one' }] });
    door.region.feed.events.push(event(1));
    await expect.poll(() => sink.received.length, patient).toBe(1);
    const one = sink.received[0]!;
    expect(await webhookVerify(one.headers, one.body, secret)).toEqual(one.message);
    expect(one.headers).toMatchObject({ 'x-who': 'receiver one', 'content-type': 'application/json' });
    expect(one.message.id).toBe(one.headers['webhook-id']);

    const { secret: next, oldUntil } = await admin.call('webhook', 'rotateSecret', { id });
    expect(Date.parse(oldUntil) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    door.region.feed.events.push(event(2));
    await expect.poll(() => sink.received.length, patient).toBe(2);
    const two = sink.received[1]!;
    for (const key of [secret, next]) expect(await webhookVerify(two.headers, two.body, key)).toEqual(two.message);

    const { db } = door.gateway.parts;
    await db.execute(`update webhook set old_until = now() - interval '1 second'`);
    door.region.feed.events.push(event(3));
    await expect.poll(() => sink.received.length, patient).toBe(3);
    const three = sink.received[2]!;
    await webhookVerify(three.headers, three.body, next);
    await expect(webhookVerify(three.headers, three.body, secret)).rejects.toMatchObject({ fault: 'signature' });
  });

  it('[API-03] of the kinds that were asked for come, and the others only move the place', async () => {
    const { id } = await make({ kinds: ['task', 'host'] });
    door.region.feed.events.push(...events(1, 300), event(301, { kind: 'task' }), ...events(302, 900));
    await expect.poll(async () => (await webhookGet(admin, id)).places[0], patient).toMatchObject({ delivered: 900 });
    expect(sink.taken).toEqual([301]);
    expect(await deliveriesOf(admin, id)).toHaveLength(1);
  });

  it('[API-03] of several regions come each in its order; a region that comes later is begun where it ends', async () => {
    door.other.feed.events = events(1, 5);
    const { id } = await webhookMake(admin, sink.url);
    door.region.feed.events.push(...events(1, 30));
    door.other.feed.events.push(...events(6, 30));
    const of = (region: string): number[] =>
      sink.received
        .filter(({ message }) => message.region === region)
        .flatMap(({ message }) => message.events.map(({ sequence }) => sequence));
    await expect.poll(() => [of('region-1'), of('region-2')], patient).toEqual([range(1, 30), range(6, 30)]);

    const only = again(await webhookGet(admin, id));
    const narrowed = await admin.call('webhook', 'update', { ...only, regions: ['region-1'] });
    expect(narrowed.places.map(({ region }) => region)).toEqual(['region-1']);
    door.other.feed.events.push(...events(31, 40));
    const wide = await admin.call('webhook', 'update', { ...again(narrowed), regions: [] });
    expect(wide.places).toMatchObject([{ region: 'region-1' }, { region: 'region-2', delivered: 40 }]);
    door.other.feed.events.push(event(41));
    await expect.poll(() => of('region-2').at(-1), patient).toBe(41);
    expect(of('region-2')).toEqual([...range(6, 30), 41]);
  });

  it('[API-03] that are not kept any more are told as missed, once', async () => {
    await make();
    sink.answer = refuses(500);
    door.region.feed.events.push(...events(1, 20));
    await expect.poll(() => sink.received.length, patient).toBeGreaterThan(1);
    door.region.feed.oldest = 15;
    await expect.poll(() => sink.received.at(-1)!.message.events[0]!.sequence, patient).toBe(15);
    sink.answer = takes;
    await expect.poll(() => sink.taken, patient).toEqual(range(15, 20));
    expect(sink.received.at(-1)!.message).toMatchObject({ missed: true });
    expect(sink.received.at(-1)!.message.id).not.toBe(sink.received[0]!.message.id);
    door.region.feed.events.push(event(21));
    await expect.poll(() => sink.taken.at(-1), patient).toBe(21);
    expect(sink.received.at(-1)!.message.missed).toBe(false);
    // a region that was put back to an earlier day begins anew
    door.region.feed.oldest = 0;
    door.region.feed.events = events(1, 3);
    await expect.poll(() => door.region.feed.asked.at(-1), patient).toBe(3);
    door.region.feed.events.push(event(4));
    await expect.poll(() => sink.taken.at(-1), patient).toBe(4);
    expect(sink.received.at(-1)!.message.missed).toBe(true);
  });

  it('[API-03] larger than a message may be come alone', async () => {
    await make();
    const large = event(2, { data: { text: 'x'.repeat(WEBHOOK_BODY_MAX + 1) } });
    door.region.feed.events.push(event(1), large, event(3), ...events(4, 6, { data: 'y'.repeat(400_000) }));
    await expect.poll(() => sink.taken, patient).toEqual(range(1, 6));
    expect(sink.received.map(({ message }) => message.events.map(({ sequence }) => sequence))).toEqual([
      [1],
      [2],
      [3, 4, 5],
      [6],
    ]);
  });
});

describe('a receiver', () => {
  it('[API-03] that is down gets everything once it is back, each try the same message, in order', async () => {
    const { id } = await make();
    sink.answer = refuses(500, {}, 'out of order');
    door.region.feed.events.push(...events(1, 5));
    await expect.poll(() => sink.received.length, patient).toBeGreaterThan(2);
    door.region.feed.events.push(...events(6, 250));
    const told = await webhookGet(admin, id);
    expect(told).toMatchObject({
      state: 'failing',
      lastFailure: { ok: false, stage: 'answer', status: 500, answer: 'out of order' },
    });
    expect(told.failures).toBeGreaterThan(1);
    expect(Date.parse(told.failingSince!)).toBeLessThanOrEqual(Date.now());
    expect(told.nextTryAt).not.toBeNull();
    sink.answer = takes;
    await expect.poll(() => sink.taken.length, patient).toBe(250);
    expect(sink.taken).toEqual(range(1, 250));
    const tries = sink.received.filter(({ message }) => message.id === sink.received[0]!.message.id);
    expect(tries.length).toBeGreaterThan(3);
    expect(new Set(tries.map(({ body }) => body)).size).toBe(1);
    await expect
      .poll(() => webhookGet(admin, id), patient)
      .toMatchObject({ state: 'delivering', failures: 0, failingSince: null, nextTryAt: null, lastFailure: null });
    const deliveries = await deliveriesOf(admin, id);
    expect(deliveries.filter(({ message }) => message === tries[0]!.message.id).map(({ attempt }) => attempt)).toEqual(
      range(1, tries.length).toReversed(),
    );
    const { items } = await admin.call('webhook', 'deliveries', { id, ok: false });
    expect(items.every(({ ok }) => !ok)).toBe(true);
  });

  it('[API-03] that hangs is given up at the deadline, and delays no other', async () => {
    const slow = await webhookSinkOpen();
    slow.answer = hangs;
    try {
      const { id } = await make({}, slow.url);
      await make();
      door.region.feed.events.push(...events(1, 3));
      await expect.poll(() => sink.taken, { timeout: 1_500, interval: 20 }).toEqual([1, 2, 3]);
      expect(slow.received).toHaveLength(1);
      await expect
        .poll(() => webhookGet(admin, id), patient)
        .toMatchObject({ state: 'failing', lastFailure: { stage: 'answer', status: null } });
      const { lastFailure } = await webhookGet(admin, id);
      expect(lastFailure!.milliseconds).toBeGreaterThanOrEqual(1_900);
      expect(lastFailure!.milliseconds).toBeLessThan(4_000);
    } finally {
      await slow.close();
    }
  });

  it('[API-03] is tried again later each time, not before the time it asks for, and at once when somebody says so', async () => {
    const { id } = await make();
    sink.answer = refuses(503, { 'retry-after': '3600' });
    door.region.feed.events.push(event(1));
    await expect.poll(() => webhookGet(admin, id), patient).toMatchObject({ state: 'failing', failures: 1 });
    const { nextTryAt } = await webhookGet(admin, id);
    expect(Date.parse(nextTryAt!) - Date.now()).toBeGreaterThan(3_500_000);
    expect(sink.received).toHaveLength(1);
    sink.answer = refuses(500);
    await admin.call('webhook', 'retry', { id });
    await expect.poll(() => sink.received.length, patient).toBeGreaterThan(4);
    const deliveries = await deliveriesOf(admin, id);
    const times = deliveries
      .map(({ at }) => Date.parse(at))
      .toReversed()
      .slice(1);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    // doubled, less the chance and the pace of turns
    for (const [i, gap] of gaps.entries()) expect(gap, `try ${i + 3}`).toBeGreaterThan(100 * 2 ** (i + 1) * 0.75);
  });

  it('[API-03] that is gone for good has its webhook turned off, and the log tells it', async () => {
    const { id, webhook } = await make({}, `${sink.url}?token=hush-hush`);
    sink.answer = refuses(410);
    door.region.feed.events.push(event(1));
    await expect
      .poll(() => webhookGet(admin, id), patient)
      .toMatchObject({ state: 'off', enabled: false, nextTryAt: null, lastFailure: { status: 410 } });
    const { items } = await admin.call('operationLog', 'list', { filter: { modules: ['webhook'] } } as never);
    const entry = items.find(({ operation }) => operation === 'webhook.turnOff');
    expect(entry).toMatchObject({
      via: 'platform',
      result: 'succeeded',
      resources: [{ kind: 'webhook', id, name: webhook.name }],
    });
    expect(JSON.stringify(items)).not.toContain('hush-hush');
    expect(await admin.refused('webhook', 'update', again(webhook))).toMatchObject({ code: 'changedMeanwhile' });
    sink.answer = takes;
    const { version } = await webhookGet(admin, id);
    await admin.call('webhook', 'update', { ...again(webhook), version });
    await expect.poll(() => sink.taken, patient).toEqual([1]);
  });

  it('[API-03] can be spared what waits; it is told that it missed something', async () => {
    const { id } = await make();
    sink.answer = refuses(500);
    door.region.feed.events.push(...events(1, 50));
    await expect.poll(() => sink.received.length, patient).toBeGreaterThan(0);
    const skipped = await admin.call('webhook', 'skip', { id });
    expect(skipped).toMatchObject({ failures: 0, places: [{ delivered: 50, waiting: 0 }] });
    sink.answer = takes;
    door.region.feed.events.push(event(51));
    await expect.poll(() => sink.taken, patient).toEqual([51]);
    expect(sink.received.at(-1)!.message.missed).toBe(true);
  });

  it('[API-03] that answers endlessly is read no further than needed, and what it echoes is not kept', async () => {
    const { id } = await make({ headers: [{ name: 'Authorization', value: 'Bearer s3cret-"value"' }] });
    let sent = 0;
    sink.answer = ({ headers }, response) => {
      response.writeHead(500);
      response.write(`you said ${JSON.stringify(headers)} ${String(headers['authorization'])} \u0007`);
      const pour = (): void => {
        while (!response.destroyed && sent < 64 * 1024 * 1024) {
          sent += 65_536;
          if (!response.write('z'.repeat(65_536))) return void response.once('drain', pour);
        }
        response.end();
      };
      pour();
    };
    door.region.feed.events.push(event(1));
    await expect.poll(async () => (await webhookGet(admin, id)).lastFailure, patient).toMatchObject({ status: 500 });
    const { lastFailure } = await webhookGet(admin, id);
    expect(Buffer.byteLength(lastFailure!.answer!)).toBeLessThanOrEqual(1_024);
    expect(lastFailure!.answer).toContain('you said');
    expect(JSON.stringify(await deliveriesOf(admin, id))).not.toContain('s3cret');
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('nothing is lost', () => {
  it('[API-03] while somebody changes the webhook all the time', async () => {
    let { webhook } = await make();
    let last = 0;
    for (let round = 0; round < 15; round += 1) {
      door.region.feed.events.push(...events(last + 1, last + 30));
      last += 30;
      webhook = await admin.call('webhook', 'update', { ...again(webhook), name: `round ${round}` });
      await admin.call('webhook', 'retry', { id: webhook.id });
    }
    await expect.poll(() => sink.taken.length, patient).toBe(last);
    expect(sink.taken).toEqual(range(1, last));
  });

  it('[API-03] while a region is away', async () => {
    const { id } = await make();
    door.region.feed.events.push(event(1));
    await expect.poll(() => sink.taken, patient).toEqual([1]);
    door.region.feed.broken = true;
    const before = door.region.feed.asked.length;
    await expect.poll(() => door.region.feed.asked.length, patient).toBeGreaterThan(before + 2);
    door.region.feed.events.push(...events(2, 150));
    expect(await webhookGet(admin, id)).toMatchObject({ state: 'delivering', failures: 0 });
    door.region.feed.broken = false;
    await expect.poll(() => sink.taken.length, patient).toBe(150);
    expect(sink.taken).toEqual(range(1, 150));
  });

  it('[API-03] when the gateway is restarted, also while a receiver is slow to answer', async () => {
    await make();
    sink.answer = hangs;
    door.region.feed.events.push(...events(1, 20));
    await expect.poll(() => sink.received.length, patient).toBe(1);
    await door.restart();
    sink.answer = takes;
    door.region.feed.events.push(...events(21, 30));
    await expect.poll(() => sink.taken.length, patient).toBe(30);
    expect(sink.taken).toEqual(range(1, 30));
    const [first, second] = sink.received;
    expect(second!.body).toBe(first!.body);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
  });

  it('[API-03] and nothing comes out of order when one gateway takes over from another, also while both think they lead', async () => {
    const port = await freePort();
    const second: Gateway = await gatewayStart(
      { ...door.env, port, publicOrigins: [`http://127.0.0.1:${port}`] },
      logger('gateway', 'silent'),
      door.settings,
      { ...door.gateway.parts.work, ...pace() },
    );
    try {
      await make();
      const { db } = door.gateway.parts;
      let last = 0;
      for (let round = 0; round < 4; round += 1) {
        door.region.feed.events.push(...events(last + 1, last + 250));
        last += 250;
        await expect.poll(() => sink.taken.length, patient).toBeGreaterThan(last - 200);
        await db.execute(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'basalt-gateway-leader' and datname = current_database()`,
        );
      }
      await expect.poll(() => new Set(sink.taken).size, patient).toBe(last);
      // a message may come twice, under the same id; of new ones none comes before an earlier one
      const seen = new Set<string>();
      const fresh = sink.received.filter(({ message }) => !seen.has(message.id) && seen.add(message.id));
      expect(fresh.flatMap(({ message }) => message.events.map(({ sequence }) => sequence))).toEqual(range(1, last));
    } finally {
      await second.close();
    }
  }, 90_000);
});
