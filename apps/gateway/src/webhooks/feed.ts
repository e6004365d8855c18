/**
 * What regions tell for webhooks. Several webhooks at the same place share one read; where a region's outbox ends is
 * remembered for some seconds, because it is only shown.
 */
import { EVENT_FEED_LIMIT, liveEvent, regionPaths, type EventFeedPage, type LiveEvent } from '@basalt/contract';
import { z } from 'zod';
import type { RegionLink, RegionRegistry } from '../regions/region-registry.ts';

/** A page is given again for so long: to webhooks that come to it at nearly the same time. */
const PAGE_MS = 1_000;
const PAGES_KEPT = 8;
const HEAD_MS = 5_000;
const HEAD_DEADLINE_MS = 2_000;

/** Events are looked at one by one: a kind that a newer region knows must not hold up the others. */
const loosePage = z.object({
  events: z.array(z.unknown()).max(EVENT_FEED_LIMIT),
  missed: z.boolean(),
  head: z.int().nonnegative(),
});

const numbered = z.object({ sequence: z.int().positive() });

export interface FeedPage extends EventFeedPage {
  /** Up to here everything is in `events`, but for what cannot be read. */
  readonly through: number;
}

export interface EventFeeds {
  /**
   * Events behind a place, in order.
   * @throws Error when the region does not answer in time or in another form.
   */
  readonly after: (link: RegionLink, after: number) => Promise<FeedPage>;
  /** Where a region's outbox ends, at most five seconds ago; null when it could not be asked. */
  readonly head: (region: string) => Promise<number | null>;
  /** Where each of the regions ends now; null for one that cannot be asked. */
  readonly headsNow: (regions: readonly string[]) => Promise<ReadonlyMap<string, number | null>>;
}

async function pageRead(link: RegionLink, after: number | null, deadlineMs: number): Promise<FeedPage> {
  const reply = await link.agent.request({
    origin: link.origin,
    path: `${regionPaths.eventFeed}${after === null ? '' : `?after=${after}&limit=${EVENT_FEED_LIMIT}`}`,
    method: 'GET',
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (reply.statusCode !== 200) {
    await reply.body.dump();
    throw new Error(`region ${link.key} answered ${reply.statusCode} when asked for its events`);
  }
  const { events, ...page } = loosePage.parse(await reply.body.json());
  const read: LiveEvent[] = [];
  let through = after ?? 0;
  for (const given of events) {
    const { sequence } = numbered.parse(given);
    if (sequence <= through) throw new Error(`region ${link.key} told its events out of order at ${sequence}`);
    through = sequence;
    const event = liveEvent.safeParse(given);
    if (event.success) read.push(event.data);
  }
  return { ...page, events: read, through };
}

interface Kept {
  readonly region: string;
  readonly after: number;
  readonly page: Promise<FeedPage>;
  /** Once it was read. */
  found: FeedPage | null;
  until: number;
}

/** What of a page lies behind a place within it. */
const pageFrom = (page: FeedPage, after: number): FeedPage => ({
  ...page,
  missed: false,
  events: page.events.filter(({ sequence }) => sequence > after),
});

export function eventFeedsOpen(regions: Pick<RegionRegistry, 'get'>, deadlineMs: number): EventFeeds {
  const pages = new Set<Kept>();
  const heads = new Map<string, { readonly head: Promise<number | null>; readonly until: number }>();
  const headKeep = (region: string, head: Promise<number | null>): Promise<number | null> => {
    heads.set(region, { head, until: Date.now() + HEAD_MS });
    return head;
  };
  const headAsk = (region: string): Promise<number | null> => {
    const link = regions.get(region);
    return headKeep(
      region,
      link
        ? pageRead(link, null, HEAD_DEADLINE_MS).then(
            ({ head }) => head,
            () => null,
          )
        : Promise.resolve(null),
    );
  };

  /** A page of a moment ago that holds the place, or is being read for it. */
  const known = (region: string, after: number): Promise<FeedPage> | null => {
    const now = Date.now();
    for (const kept of pages) {
      if (kept.region !== region || kept.until <= now) continue;
      if (kept.after === after) return kept.page;
      if (kept.found && kept.after < after && after < kept.found.through)
        return Promise.resolve(pageFrom(kept.found, after));
    }
    return null;
  };

  const read = (link: RegionLink, after: number): Promise<FeedPage> => {
    const page = pageRead(link, after, deadlineMs);
    const kept: Kept = { region: link.key, after, page, found: null, until: Number.POSITIVE_INFINITY };
    pages.add(kept);
    for (const oldest of pages) {
      if (pages.size <= PAGES_KEPT) break;
      pages.delete(oldest);
    }
    page.then(
      (found) => {
        void headKeep(link.key, Promise.resolve(found.head));
        kept.found = found;
        kept.until = Date.now() + PAGE_MS;
        // where there was nothing there may be something by now
        if (found.through === after) pages.delete(kept);
      },
      () => pages.delete(kept),
    );
    return page;
  };

  return {
    after: (link, after) => known(link.key, after) ?? read(link, after),
    head(region) {
      const found = heads.get(region);
      return found && found.until > Date.now() ? found.head : headAsk(region);
    },
    async headsNow(keys) {
      return new Map(
        await Promise.all(keys.map(async (key): Promise<[string, number | null]> => [key, await headAsk(key)])),
      );
    },
  };
}
