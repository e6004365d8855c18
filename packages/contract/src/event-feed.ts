/**
 * The region's outbox as the gateway reads it for webhooks: `GET /v1/event-feed?after=N&limit=500` over mutual TLS with the
 * gateway's identity and without an actor. Events come in their order, from the first after `N`, in the form of the live
 * stream. Without `after` nothing but `head` is told.
 */
import { z } from 'zod';
import { liveEvent } from './schemas/live-event.ts';

export const EVENT_FEED_LIMIT = 500;

export const eventFeedPage = z.object({
  events: z.array(liveEvent).max(EVENT_FEED_LIMIT),
  /** Something between `after` and the first event is not kept any more. */
  missed: z.boolean(),
  /** Sequence number of the newest event, 0 when there never was one. */
  head: z.int().nonnegative(),
});
export type EventFeedPage = z.infer<typeof eventFeedPage>;
