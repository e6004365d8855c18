/** What monitoring is told about webhooks. */
import { Counter, Gauge, type Registry } from '@basalt/service';
import type { Database } from '../store/database.ts';
import { placesOf, type PlaceRow } from '../store/webhook-place-store.ts';
import { webhooksEnabled, type WebhookRow } from '../store/webhook-store.ts';
import type { EventFeeds } from './feed.ts';
import type { Sent } from './send.ts';
import { isIncluded } from './work.ts';

async function placesEnabled(db: Database): Promise<{ webhook: WebhookRow; place: PlaceRow }[]> {
  const webhooks = await webhooksEnabled(db);
  const places = await placesOf(
    db,
    webhooks.map(({ id }) => id),
  );
  return webhooks.flatMap((webhook) =>
    places
      .filter(({ webhookId, region }) => webhookId === webhook.id && isIncluded(webhook, region))
      .map((place) => ({ webhook, place })),
  );
}

/** Registers them. @returns what counts a try */
export function webhookMetrics(
  registry: Registry,
  db: Database,
  feeds: EventFeeds,
): (outcome: Sent['outcome']) => void {
  const registers = [registry];
  const deliveries = new Counter({
    name: 'basalt_gateway_webhook_deliveries_total',
    help: 'Tries to deliver a message, by how far they came',
    labelNames: ['outcome'],
    registers,
  });
  const waiting: Gauge = new Gauge({
    name: 'basalt_gateway_webhook_events_waiting',
    help: 'Events behind the place of a webhook in a region; absent while the region cannot be asked',
    labelNames: ['webhook', 'region'],
    registers,
    async collect() {
      waiting.reset();
      const places = await placesEnabled(db).catch(() => null);
      // a database that is away leaves a gap here, and all other metrics as they are
      if (!places) return;
      const heads = new Map(
        await Promise.all(
          [...new Set(places.map(({ place }) => place.region))].map(
            async (region): Promise<[string, number | null]> => [region, await feeds.head(region)],
          ),
        ),
      );
      for (const { webhook, place } of places) {
        const head = heads.get(place.region) ?? null;
        if (head !== null && place.delivered !== null)
          waiting.set({ webhook: webhook.name, region: place.region }, Math.max(0, head - place.delivered));
      }
    },
  });
  const failing: Gauge = new Gauge({
    name: 'basalt_gateway_webhooks_failing',
    help: 'Webhooks whose last try failed in some region',
    registers,
    async collect() {
      const places = await placesEnabled(db).catch(() => null);
      if (!places) return failing.reset();
      failing.set(new Set(places.filter(({ place }) => place.failures > 0).map(({ webhook }) => webhook.id)).size);
    },
  });
  return ({ stage, ok }) => deliveries.inc({ outcome: ok ? 'delivered' : stage });
}
