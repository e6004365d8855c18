/** Cuts what a region tells into messages: what was asked for, in order, no more than fits. */
import {
  WEBHOOK_BODY_MAX,
  WEBHOOK_EVENTS_MAX,
  type LiveEvent,
  type RegionKey,
  type WebhookId,
  type WebhookMessage,
} from '@basalt/contract';

/** What a message is made of, besides its events. */
export type MessageHead = Omit<WebhookMessage, 'events' | 'webhook' | 'region'> & {
  readonly webhook: string;
  readonly region: string | null;
};

/** Room that everything but the events takes in a body; names are of known lengths. */
const HEAD_MAX = 1_024;

export interface Cut {
  readonly events: readonly LiveEvent[];
  /** Up to here nothing is left to tell, once the events are delivered. */
  readonly last: number;
}

/**
 * The first message's worth of `events`, or none where no kind was asked for. A single event is never too large.
 * @param kinds empty: all
 */
export function messageCut(events: readonly LiveEvent[], kinds: readonly LiveEvent['kind'][], after: number): Cut {
  const taken: LiveEvent[] = [];
  let size = HEAD_MAX;
  let last = after;
  for (const event of events) {
    if (kinds.length === 0 || kinds.includes(event.kind)) {
      size += Buffer.byteLength(JSON.stringify(event)) + 1;
      if (taken.length > 0 && (taken.length >= WEBHOOK_EVENTS_MAX || size > WEBHOOK_BODY_MAX)) break;
      taken.push(event);
    }
    last = event.sequence;
  }
  return { events: taken, last };
}

/** The body, the same text for the same message. */
export function messageBody(head: MessageHead, events: readonly LiveEvent[]): string {
  const { id, type, webhook, region, at, missed } = head;
  return JSON.stringify({
    id,
    type,
    webhook: webhook as WebhookId,
    region: region as RegionKey | null,
    at,
    missed,
    events: [...events],
  } satisfies WebhookMessage);
}
