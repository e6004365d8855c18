/** Events reach their receivers: signed, in order, each at least once, whatever is away meanwhile. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { postgresOpen, type Door } from './harness.ts';
import type { Caller } from './account-kit.ts';
import { hangs, refuses, takes, webhookSinkOpen, type WebhookSink } from './webhook-sink.ts';
import {
  deliveriesOf,
  event,
  events,
  patient,
  range,
  webhookDoorOpen,
  webhookGet,
  webhookMake,
} from './webhook-kit.ts';

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

describe('events', () => {
  it('[API-03] are posted in order from the moment of creation on, none before, in messages of at most 100', async () => {
    door.region.feed.events = events(1, 10);
    const { id, webhook } = await webhookMake(admin, sink.url, { regions: ['region-1'] });
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
      .toMatchObject({
        state: 'delivering',
        failures: 0,
        places: [{ delivered: 700, waiting: 0 }],
      });
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
});
