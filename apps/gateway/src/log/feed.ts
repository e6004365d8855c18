/**
 * Takes what regions have logged into the one chain: every few seconds, and at once after a change went through this door. A
 * region that is away is asked again; its entries wait there.
 */
import { REGION_LOG_LIMIT } from '@basalt/contract';
import type { Logger } from '@basalt/service';
import type { WorkCounts } from '../background/metrics.ts';
import type { RegionLink, RegionRegistry } from '../regions/region-registry.ts';
import type { Database } from '../store/database.ts';
import { logFeedTake, logFeedTaken } from '../store/log-feed-store.ts';
import { regionLogRead } from './region-log.ts';

export interface FeedOptions {
  readonly db: Database;
  readonly regions: RegionRegistry;
  readonly log: Logger;
  readonly deadlineMs: number;
  readonly counts: WorkCounts;
}

/** Pages of one region taken in one turn, so that one with much to tell does not keep the others waiting for ever. */
const PAGES_AT_ONCE = 20;

export function feedTurn({
  db,
  regions,
  log,
  deadlineMs,
  counts,
}: FeedOptions): (stop: AbortSignal) => Promise<boolean> {
  const troubled = new Set<string>();
  const backwards = new Set<string>();

  /** Whether there is more. */
  const take = async (link: RegionLink, stop: AbortSignal): Promise<boolean> => {
    for (let page = 0; page < PAGES_AT_ONCE; page += 1) {
      if (stop.aborted) return false;
      const after = await logFeedTaken(db, link.key);
      const { entries, unreadable, head } = await regionLogRead(link, after, deadlineMs, stop);
      counts.fed(link.key, head);
      if (head < after && !backwards.has(link.key)) {
        backwards.add(link.key);
        log.error(
          { region: link.key, head, taken: after },
          'the region’s operation log is shorter than what was taken from it',
        );
      }
      if (unreadable.length > 0)
        log.error({ region: link.key, entries: unreadable }, 'entries of the region’s operation log cannot be read');
      await logFeedTake(db, { region: link.key, after, entries, unreadable });
      if (entries.length + unreadable.length < REGION_LOG_LIMIT) return false;
    }
    return true;
  };

  return async (stop) => {
    const more = await Promise.all(
      regions.all().map(async (link) => {
        try {
          const isMore = await take(link, stop);
          if (troubled.delete(link.key)) log.info({ region: link.key }, 'the region’s operation log is taken again');
          return isMore;
        } catch (error) {
          if (!stop.aborted) counts.failed('feed', link.key);
          if (!stop.aborted && !troubled.has(link.key)) {
            troubled.add(link.key);
            log.warn({ error, region: link.key }, 'the region’s operation log could not be taken');
          }
          return false;
        }
      }),
    );
    return more.includes(true);
  };
}
