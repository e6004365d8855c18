/** What webhooks need at the door and in the background alike, put together. */
import type { Registry } from '@basalt/service';
import type { RegionRegistry } from '../regions/region-registry.ts';
import type { Database } from '../store/database.ts';
import { eventFeedsOpen, type EventFeeds } from './feed.ts';
import { webhookMetrics } from './metrics.ts';
import type { PostParts } from './post.ts';
import { resolverOpen, type Resolve } from './resolve.ts';
import { webhookSend, type Sent } from './send.ts';

export interface WebhookParts {
  readonly feeds: EventFeeds;
  readonly send: PostParts['send'];
  /** Counts a try. */
  readonly tried: (outcome: Sent['outcome']) => void;
}

export interface WebhooksOptions {
  readonly db: Database;
  readonly regions: Pick<RegionRegistry, 'get'>;
  readonly registry: Registry;
  readonly version: string;
  readonly deadlineMs: number;
  readonly regionDeadlineMs: number;
  readonly resolve?: Resolve;
}

export function webhooksOpen(options: WebhooksOptions): WebhookParts {
  const { db, regions, registry, version, deadlineMs } = options;
  const feeds = eventFeedsOpen(regions, options.regionDeadlineMs);
  const resolve = resolverOpen(options.resolve);
  const userAgent = `Basalt/${version}`;
  return {
    feeds,
    send: (order, stop) => webhookSend(order, { deadlineMs, resolve, userAgent }, stop),
    tried: webhookMetrics(registry, db, feeds),
  };
}
