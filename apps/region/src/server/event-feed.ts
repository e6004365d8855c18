/**
 * `GET /v1/event-feed`: the outbox for the gateway, which posts it to webhooks (API-03). Unlike the live stream it is read for
 * nobody in particular and in pages, so that whoever takes it can go on from where he was for as long as rows are kept.
 */
import { BasaltError, EVENT_FEED_LIMIT, type EventFeedPage } from '@basalt/contract';
import { z } from 'zod';
import type { Database } from '../store/database.ts';
import { outboxPage } from '../store/event.ts';
import { sequenceNow } from '../store/page.ts';
import { liveRender } from './live-render.ts';

const asked = z.object({
  after: z.coerce.number().int().nonnegative().optional(),
  limit: z.coerce.number().int().positive().default(EVENT_FEED_LIMIT),
});

/**
 * A page of events behind `after`; without it only where the outbox ends.
 * @throws BasaltError invalidInput.
 */
export async function eventFeed(db: Database, query: URLSearchParams): Promise<EventFeedPage> {
  const given = asked.safeParse(Object.fromEntries(query));
  if (!given.success) throw new BasaltError('invalidInput', { field: 'after', rule: '0…' }, { field: 'after' });
  const { after, limit } = given.data;
  if (after === undefined) return { events: [], missed: false, head: await sequenceNow(db) };
  const { rows, oldest, head } = await outboxPage(db, after, Math.min(limit, EVENT_FEED_LIMIT));
  const events = (await liveRender(db, rows)).map(({ event }) => event);
  return { events, missed: oldest !== null && after < oldest - 1, head };
}
