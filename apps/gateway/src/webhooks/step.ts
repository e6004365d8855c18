/**
 * One step of a webhook in one region: reads what is behind its place, and passes over what nobody asked for, or pins and
 * sends the next message. A message is pinned before its first try, so that every try of it, by whichever gateway, has the
 * same id and the same events.
 */
import { both, type RegionKey } from '@basalt/contract';
import { newId, type Logger } from '@basalt/service';
import type { RegionLink } from '../regions/region-registry.ts';
import type { Database, Transaction } from '../store/database.ts';
import { operationLogAdd } from '../store/operation-log-store.ts';
import {
  placeDelivered,
  placeFailed,
  placeHold,
  placeMove,
  placeRelease,
  placeUnpin,
  type HeldPlace,
  type Pin,
  type PlaceRow,
} from '../store/webhook-place-store.ts';
import {
  deliveryAdd,
  webhookDeliveredAt,
  webhookLocked,
  webhookOf,
  webhookTurnOff,
  type WebhookRow,
} from '../store/webhook-store.ts';
import type { EventFeeds, FeedPage } from './feed.ts';
import { messageCut } from './message.ts';
import { webhookPost, type PostParts } from './post.ts';
import { nextTry } from './retry.ts';
import type { Sent } from './send.ts';
import { urlTold } from './url.ts';

/** `moved`: there may be more at once. */
export type StepEnd = 'moved' | 'idle' | 'failed';
type Events = FeedPage['events'];

export interface StepParts extends PostParts {
  readonly db: Database;
  readonly log: Logger;
  readonly feeds: EventFeeds;
  readonly backOffMs: number;
  /** For so long nobody else tries the same message; more than a try may take. */
  readonly holdMs: number;
  /** Told of every try. */
  readonly tried: (outcome: Sent['outcome']) => void;
  /** Waits until a message may be sent; answers who to tell when it was. Null: it is not to be sent any more. */
  readonly slot: (webhookId: string, isFailing: boolean) => Promise<(() => void) | null>;
}

const GONE = 410;
/** Who has changed it, to whoever wanted to change it too. */
const PLATFORM = both('平台', 'the platform');

const isWanted = ({ kinds }: WebhookRow, kind: Events[number]['kind']): boolean =>
  kinds.length === 0 || kinds.includes(kind);

/** The message under way as it was pinned, or null when some of its events are not kept any more. */
function pinnedOf(webhook: WebhookRow, place: PlaceRow, page: FeedPage): { pin: Pin; events: Events } | null {
  const { messageId, first, last, pinnedAt } = place;
  if (messageId === null || first === null || last === null || pinnedAt === null) return null;
  const events = page.events.filter(({ sequence, kind }) => sequence <= last && isWanted(webhook, kind));
  const isWhole = events[0]?.sequence === first && events.at(-1)?.sequence === last;
  return isWhole ? { pin: { messageId, first, last, pinnedAt }, events } : null;
}

/** @throws Error when the region cannot be read or the database is away. */
export async function webhookStep(
  parts: StepParts,
  { webhook, place, link }: { readonly webhook: WebhookRow; readonly place: PlaceRow; readonly link: RegionLink },
  stop: AbortSignal,
): Promise<StepEnd> {
  const { db, feeds, log } = parts;
  if (place.delivered === null) {
    const head = (await feeds.headsNow([place.region])).get(place.region) ?? null;
    if (head === null) return 'idle';
    return (await placeMove(db, place, head, place.missed)) ? 'moved' : 'idle';
  }
  const page = await feeds.after(link, place.delivered);
  if (page.head < place.delivered) {
    log.warn({ region: place.region, head: page.head, place: place.delivered }, 'the region’s events begin anew');
    return (await placeMove(db, place, page.head, true)) ? 'moved' : 'idle';
  }
  if (place.messageId !== null) {
    const pinned = pinnedOf(webhook, place, page);
    if (pinned) return send(pinned.pin, pinned.events, place.missed);
    await placeUnpin(db, place);
    return 'moved';
  }
  const missed = place.missed || page.missed;
  const cut = messageCut(page.events, webhook.kinds, place.delivered);
  const [first] = cut.events;
  const last = cut.events.at(-1);
  if (first && last)
    return send(
      { messageId: `msg_${newId()}`, first: first.sequence, last: last.sequence, pinnedAt: new Date() },
      [...cut.events],
      missed,
    );
  if (page.through === place.delivered) return 'idle';
  return (await placeMove(db, place, page.through, missed)) ? 'moved' : 'idle';

  async function send(pin: Pin, events: Events, isMissed: boolean): Promise<StepEnd> {
    const free = await parts.slot(webhook.id, place.failures > 0);
    if (!free) return 'idle';
    try {
      // it may have been changed while it waited for room
      const fresh = await webhookOf(db, webhook.id);
      if (fresh?.version !== webhook.version) return 'idle';
      const held = await placeHold(db, place, pin, { missed: isMissed, holdMs: parts.holdMs });
      return held ? await attempt(parts, fresh, held, events, stop) : 'idle';
    } finally {
      free();
    }
  }
}

async function attempt(
  parts: StepParts,
  webhook: WebhookRow,
  held: HeldPlace,
  events: Events,
  stop: AbortSignal,
): Promise<StepEnd> {
  const { db, log } = parts;
  let sent: Sent;
  try {
    const { messageId: id, region, missed, pinnedAt } = held;
    const message = {
      id,
      type: 'events',
      region: region as RegionKey,
      at: pinnedAt.toISOString(),
      missed,
      events,
    } as const;
    sent = await webhookPost(parts, webhook, message, stop);
  } catch (error) {
    await placeRelease(db, held);
    throw error;
  }
  const { outcome } = sent;
  parts.tried(outcome);
  await db.transaction((tx) => record(tx, parts, { webhook, held, sent, events: events.length }));
  if (!outcome.ok && held.failures === 0) {
    const { status, stage } = outcome;
    log.warn(
      { webhook: webhook.name, url: urlTold(webhook.url), region: held.region, stage, status },
      'a webhook’s receiver takes nothing',
    );
  } else if (outcome.ok && held.failures > 0)
    log.info({ webhook: webhook.name, region: held.region, tries: held.attempt }, 'a webhook is delivered to again');
  return outcome.ok ? 'moved' : 'failed';
}

async function record(
  tx: Transaction,
  { backOffMs }: StepParts,
  {
    webhook,
    held,
    sent: { outcome, retryAfterMs },
    events,
  }: { readonly webhook: WebhookRow; readonly held: HeldPlace; readonly sent: Sent; readonly events: number },
): Promise<void> {
  // first the webhook, then its places, as whoever changes it does: neither waits for the other in a circle
  await webhookLocked(tx, webhook.id);
  const now = new Date();
  const { ok, status } = outcome;
  if (ok) {
    if (await placeDelivered(tx, held)) await webhookDeliveredAt(tx, webhook.id, now);
  } else {
    const nextTryAt = nextTry(held.failures + 1, { status, retryAfterMs }, now.getTime(), backOffMs);
    await placeFailed(tx, held, { outcome, now, nextTryAt });
  }
  const { messageId: message, region, first, last, attempt: tries } = held;
  await deliveryAdd(tx, {
    webhookId: webhook.id,
    at: now,
    message,
    region,
    first,
    last,
    events,
    attempt: tries,
    ok,
    outcome,
  });
  if (status !== GONE || !(await webhookTurnOff(tx, webhook, PLATFORM))) return;
  await operationLogAdd(tx, {
    operation: 'webhook.turnOff',
    accountName: '',
    via: 'platform',
    address: '',
    client: '',
    requestId: '',
    result: 'succeeded',
    resources: [{ kind: 'webhook', id: webhook.id, name: webhook.name }],
    detail: { url: urlTold(webhook.url), status: GONE },
  });
}
