/**
 * Brings events to webhooks: looks every second who has something to get, and lets each webhook go on in each region by
 * itself, so that none waits for another's receiver or region. Where each has come is in the database only; this holds
 * nothing that a restart could lose.
 */
import type { Logger } from '@basalt/service';
import type { RegionLink, RegionRegistry } from '../regions/region-registry.ts';
import { placesBegin, placesOf, type PlaceRow } from '../store/webhook-place-store.ts';
import { webhookOf, webhookSecretsTidy, webhooksEnabled, type WebhookRow } from '../store/webhook-store.ts';
import { slotsOpen } from './slots.ts';
import { webhookStep, type StepParts } from './step.ts';

const TIDY_MS = 60_000;

export interface WebhookWorkOptions extends Omit<StepParts, 'slot'> {
  readonly regions: Pick<RegionRegistry, 'all' | 'get'>;
  readonly log: Logger;
  /** Whether this one of all gateways does it. */
  readonly isLeading: () => boolean;
  /** Messages under way at a time. */
  readonly inFlight: number;
}

export interface WebhookWork {
  /** Looks who is due and lets them go on; does not wait for them. */
  readonly turn: (stop: AbortSignal) => Promise<void>;
  /** When nothing is under way any more; `stop` ends it soon. */
  readonly settled: () => Promise<void>;
}

export const isIncluded = ({ regions }: Pick<WebhookRow, 'regions'>, region: string): boolean =>
  regions.length === 0 || regions.includes(region);

const isDue = ({ nextTryAt, heldUntil }: PlaceRow, now: number): boolean =>
  (nextTryAt?.getTime() ?? 0) <= now && (heldUntil?.getTime() ?? 0) <= now;

export function webhookWorkOpen(options: WebhookWorkOptions): WebhookWork {
  const { db, log, regions, isLeading } = options;
  const slots = slotsOpen(options.inFlight);
  const running = new Map<string, Promise<void>>();
  const troubled = new Set<string>();
  let tidyAt = 0;

  const run = async (webhook: WebhookRow, place: PlaceRow, link: RegionLink, stop: AbortSignal): Promise<void> => {
    const goesOn = (): boolean => !stop.aborted && isLeading();
    const parts: StepParts = {
      ...options,
      async slot(id, isFailing) {
        const leave = await slots.take(id, isFailing);
        if (goesOn()) return leave;
        leave();
        return null;
      },
    };
    let now: { readonly webhook: WebhookRow; readonly place: PlaceRow } = { webhook, place };
    while (goesOn() && (await webhookStep(parts, { ...now, link }, stop)) === 'moved') {
      // it may have been changed, skipped or turned off meanwhile
      const [row, places] = await Promise.all([webhookOf(db, webhook.id), placesOf(db, [webhook.id])]);
      const next = places.find(({ region }) => region === link.key);
      if (!row?.enabled || !next || !isIncluded(row, link.key)) return;
      now = { webhook: row, place: next };
    }
  };

  const begin = (webhook: WebhookRow, place: PlaceRow, link: RegionLink, stop: AbortSignal): void => {
    const key = `${webhook.id} ${link.key}`;
    if (running.has(key)) return;
    const done = run(webhook, place, link, stop)
      .then(
        () => {
          if (troubled.delete(key)) log.info({ webhook: webhook.name, region: link.key }, 'a webhook goes on');
        },
        (error: unknown) => {
          // a region that is away is away for every second of an hour
          if (stop.aborted || troubled.has(key)) return;
          troubled.add(key);
          log.warn({ error, webhook: webhook.name, region: link.key }, 'a webhook cannot go on; nothing is lost');
        },
      )
      .finally(() => running.delete(key));
    running.set(key, done);
  };

  return {
    async turn(stop) {
      if (Date.now() >= tidyAt) {
        tidyAt = Date.now() + TIDY_MS;
        await webhookSecretsTidy(db, new Date());
      }
      const webhooks = await webhooksEnabled(db);
      if (webhooks.length === 0) return;
      const places = Map.groupBy(
        await placesOf(
          db,
          webhooks.map(({ id }) => id),
        ),
        ({ webhookId }) => webhookId,
      );
      const now = Date.now();
      for (const webhook of webhooks) {
        const own = places.get(webhook.id) ?? [];
        for (const link of regions.all()) {
          if (!isIncluded(webhook, link.key)) continue;
          const place = own.find(({ region }) => region === link.key);
          // a region that came later is begun where it ends now
          if (!place) await placesBegin(db, webhook.id, [{ region: link.key, delivered: null }]);
          else if (isDue(place, now)) begin(webhook, place, link, stop);
        }
      }
    },
    settled: async () => void (await Promise.all(running.values())),
  };
}
