/**
 * What monitoring is told about the work in the background (MON-03). What waits is read from the database when it is asked
 * for, so that each gateway tells the same; what fails is counted by the one that leads.
 */
import type { SyslogSettings } from '@basalt/contract';
import { Counter, Gauge, type Registry } from '@basalt/service';
import { syslogTold } from '../log/syslog-settings.ts';
import type { RegionRegistry } from '../regions/region-registry.ts';
import type { Database } from '../store/database.ts';
import { logFeedsOf, type FeedRow } from '../store/log-feed-store.ts';
import { logForwardOf, type ForwardRow } from '../store/log-forward-store.ts';
import { mailFigures, type MailFigures } from '../store/mail-store.ts';
import { operationLogHead } from '../store/operation-log-store.ts';

/** What turns tell of themselves. */
export interface WorkCounts {
  /** A region's log was read up to its end, or as far as one turn goes. */
  readonly fed: (region: string, head: number) => void;
  readonly failed: (work: 'feed' | 'syslog' | 'mail', region?: string) => void;
}

export interface WorkMetricsParts {
  readonly db: Database;
  readonly regions: Pick<RegionRegistry, 'all'>;
}

const PREFIX = 'basalt_gateway';

interface Figures {
  readonly feeds: readonly FeedRow[];
  readonly rules: ForwardRow | null;
  readonly head: { readonly sequence: number } | null;
  readonly syslog: SyslogSettings;
  readonly mail: MailFigures;
}

const KEPT_MS = 1_000;

/** Reads them once for all that are asked for together; null while the database is away. */
function figuresRead({ db, regions }: WorkMetricsParts): () => Promise<Figures | null> {
  let kept: { readonly until: number; readonly figures: Promise<Figures | null> } | null = null;
  const read = async (): Promise<Figures> => {
    const [feeds, rules, head, syslog, mail] = await Promise.all([
      logFeedsOf(db),
      logForwardOf(db, 'rules'),
      operationLogHead(db),
      syslogTold(db),
      mailFigures(db),
    ]);
    const known = new Set<string>(regions.all().map(({ key }) => key));
    return { feeds: feeds.filter(({ region }) => known.has(region)), rules, head, syslog, mail };
  };
  return () => {
    if (!kept || kept.until < Date.now()) kept = { until: Date.now() + KEPT_MS, figures: read().catch(() => null) };
    return kept.figures;
  };
}

/** Registers them. @returns what turns of the work tell. */
export function workMetrics(registry: Registry, parts: WorkMetricsParts): WorkCounts {
  const registers = [registry];
  const failures = new Counter({
    name: `${PREFIX}_work_failures_total`,
    help: 'Failures of a region, of the mail server or of the syslog server that kept the work from going on',
    labelNames: ['work', 'region'],
    registers,
  });
  for (const work of ['syslog', 'mail']) failures.inc({ work, region: '' }, 0);
  const heads = new Map<string, number>();
  const read = figuresRead(parts);
  /** A gauge of what the database says; it leaves a gap while the database is away, and all other metrics as they are. */
  const gauge = (name: string, help: string, value: (figures: Figures) => number): void => {
    const made: Gauge = new Gauge({
      name: `${PREFIX}_${name}`,
      help,
      registers,
      async collect() {
        const figures = await read();
        if (figures) made.set(value(figures));
        else made.remove();
      },
    });
  };
  const regional = (name: string, help: string, value: (feed: FeedRow) => number | null): void => {
    const made: Gauge<'region'> = new Gauge({
      name: `${PREFIX}_${name}`,
      help,
      labelNames: ['region'],
      registers,
      async collect() {
        const figures = await read();
        made.reset();
        for (const feed of figures?.feeds ?? []) {
          const found = value(feed);
          if (found !== null) made.set({ region: feed.region }, found);
        }
      },
    });
  };

  regional('log_feed_taken', 'Number of the last entry of the region’s log that is in the chain', ({ taken }) => taken);
  regional(
    'log_feed_success_seconds',
    'When the region’s log was last taken, seconds since 1970',
    ({ seenAt }) => seenAt.getTime() / 1_000,
  );
  regional(
    'log_feed_waiting',
    'Entries of the region’s log that are not in the chain, as this gateway read it last',
    ({ region, taken }) => {
      const head = heads.get(region);
      return head === undefined ? null : Math.max(0, head - taken);
    },
  );
  gauge('log_rules_waiting', 'Entries of the chain that no rule has been asked about', ({ rules, head }) =>
    rules ? Math.max(0, (head?.sequence ?? 0) - rules.sequence) : 0,
  );
  gauge('syslog_waiting', 'Entries of the chain that wait for the syslog server', ({ syslog }) => syslog.waiting);
  gauge('syslog_failing', 'Whether the syslog server took nothing at the last try', ({ syslog }) =>
    syslog.lastError === null ? 0 : 1,
  );
  gauge('mail_waiting', 'Mails that wait to be sent', ({ mail }) => mail.waiting);
  gauge('mail_oldest_seconds', 'Age of the mail that has waited longest', ({ mail }) =>
    mail.oldest === null ? 0 : Math.max(0, (Date.now() - mail.oldest.getTime()) / 1_000),
  );
  gauge('mail_failed', 'Mails of the last days that were given up', ({ mail }) => mail.failed);

  return {
    fed: (region, head) => void heads.set(region, head),
    failed: (work, region = '') => failures.inc({ work, region }),
  };
}
