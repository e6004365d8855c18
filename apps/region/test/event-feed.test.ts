/** The outbox as the gateway takes it for webhooks: in order, in pages, with what is gone told. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVENT_FEED_LIMIT, eventFeedPage, type EventFeedPage, type ImageId, type NetworkId } from '@basalt/contract';
import { vmCreate } from '../src/domain/vm/create.ts';
import { liveRender } from '../src/server/live-render.ts';
import { historyTrim, outboxAfter } from '../src/store/event.ts';
import { transact } from '../src/store/transact.ts';
import { doorOpen, type Door } from './door-fixture.ts';
import { vmInput } from './region-fixture.ts';

let door: Door;
let imageId: ImageId;
let networkId: NetworkId;
beforeAll(async () => {
  door = await doorOpen();
  await door.f.hostAdd('h1');
  imageId = await door.f.imageAdd();
  networkId = await door.f.networkAdd('10.43.0.0/24');
});
afterAll(() => door[Symbol.asyncDispose]());

async function feed(after?: number, limit?: number): Promise<EventFeedPage> {
  const query = Object.entries({ after, limit }).filter(([, value]) => value !== undefined);
  const { status, body } = await door.send(`/v1/event-feed?${query.map((pair) => pair.join('=')).join('&')}`);
  expect(status).toBe(200);
  return eventFeedPage.parse(body);
}
const say = (...ids: string[]): Promise<void> =>
  transact(door.f.db, async (work) => ids.forEach((id) => work.changed('cluster', id)));

test('[API-03] the feed tells what the live stream tells, in its order', async () => {
  const { head } = await feed();
  const { items } = await vmCreate(door.f.context(), vmInput({ name: 'fed', imageId, networkId }));
  const page = await feed(head);
  expect(page.missed).toBe(false);
  expect(page.events.find(({ kind, id }) => kind === 'vm' && id === items[0]!.vm.id)).toMatchObject({
    change: 'created',
    data: { name: 'fed' },
  });
  const live = await liveRender(door.f.db, await outboxAfter(door.f.db, head));
  expect(page.events).toEqual(live.map(({ event }) => JSON.parse(JSON.stringify(event)) as unknown));
  expect(page.head).toBe(page.events.at(-1)!.sequence);
});

test('[API-03] pages join without a gap while events are written at once, and none is larger than the limit', async () => {
  const { head } = await feed();
  const writers = Array.from({ length: 12 }, (_, i) => say(`a-${i}`, `b-${i}`));
  const seen: string[] = [];
  let after = head;
  while (seen.length < 24) {
    const { events, missed } = await feed(after, 5);
    expect(missed).toBe(false);
    expect(events.length).toBeLessThanOrEqual(5);
    seen.push(...events.map(({ id }) => id));
    after = events.at(-1)?.sequence ?? after;
  }
  await Promise.all(writers);
  expect(new Set(seen).size).toBe(24);
  expect(await feed(after)).toEqual({ events: [], missed: false, head: after });
  await transact(door.f.db, async (work) => {
    for (let i = 0; i <= EVENT_FEED_LIMIT; i += 1) work.changed('cluster', `many-${i}`);
  });
  expect((await feed(after, 100_000)).events).toHaveLength(EVENT_FEED_LIMIT);
});

test('[API-03] without a place only the end is told', async () => {
  await say('somewhere');
  const { events, head, missed } = await feed();
  expect([events, missed]).toEqual([[], false]);
  expect((await feed(head - 1)).events.map(({ id }) => id)).toEqual(['somewhere']);
});

test('[API-03] what is not kept any more is told as missed, and nothing else is', async () => {
  await say('old');
  const { head } = await feed();
  await door.f.db.execute(sql`update outbox set at = now() - interval '2 days'`);
  await say('new-1', 'new-2');
  await historyTrim(door.f.db);
  expect(await feed(head - 1)).toMatchObject({ missed: true, events: [{ id: 'new-1' }, { id: 'new-2' }] });
  expect(await feed(head)).toMatchObject({ missed: false, events: [{ id: 'new-1' }, { id: 'new-2' }] });
  expect(await feed(0, 1)).toMatchObject({ missed: true, events: [{ id: 'new-1' }], head: head + 2 });
});

test('[API-03] only a gateway gets the feed, and a place is a number', async () => {
  expect((await door.send('/v1/event-feed', { as: door.dispatcher(null) })).status).toBe(401);
  for (const query of ['after=-1', 'after=x', 'after=1.5', 'after=1&limit=0'])
    expect((await door.send(`/v1/event-feed?${query}`)).status, query).toBe(400);
});
