/** A webhook as it is told: how it is set up, how it fares, and how far it is in each region. */
import type { Locale, Webhook } from '@basalt/contract';
import type { Parts } from '../../parts.ts';
import { BasaltError } from '@basalt/contract';
import type { Executor, Transaction } from '../../store/database.ts';
import { placesOf, type PlaceRow } from '../../store/webhook-place-store.ts';
import { webhookLocked, webhookOf, type WebhookRow } from '../../store/webhook-store.ts';
import { outcomeTold } from '../../webhooks/outcome.ts';
import { isIncluded } from '../../webhooks/work.ts';

const notFound = (): BasaltError => new BasaltError('notFound', { kind: 'Webhook' });

/** @throws BasaltError notFound. */
export async function webhookOrThrow(db: Executor, id: string): Promise<WebhookRow> {
  const row = await webhookOf(db, id);
  if (!row) throw notFound();
  return row;
}

/** Locked until the transaction ends. @throws BasaltError notFound. */
export async function webhookToChange(tx: Transaction, id: string): Promise<WebhookRow> {
  const row = await webhookLocked(tx, id);
  if (!row) throw notFound();
  return row;
}

const stateOf = ({ enabled, lastDeliveredAt }: WebhookRow, isFailing: boolean): Webhook['state'] =>
  !enabled ? 'off' : isFailing ? 'failing' : lastDeliveredAt === null ? 'waiting' : 'delivering';

const earliest = (times: readonly (Date | null)[]): string | null => {
  const known = times.flatMap((time) => time?.getTime() ?? []);
  return known.length === 0 ? null : new Date(Math.min(...known)).toISOString();
};

/** @param heads where each region's outbox ends; null for one that cannot be asked */
function webhookShape(
  row: WebhookRow,
  places: readonly PlaceRow[],
  heads: ReadonlyMap<string, number | null>,
  locale: Locale,
): Webhook {
  const failing = places.filter(({ failures }) => failures > 0);
  const last = failing.toSorted((a, b) => (b.lastFailureAt?.getTime() ?? 0) - (a.lastFailureAt?.getTime() ?? 0))[0];
  return {
    id: row.id as Webhook['id'],
    name: row.name,
    url: row.url,
    enabled: row.enabled,
    regions: row.regions as Webhook['regions'],
    kinds: row.kinds,
    ca: row.ca,
    headers: row.headerNames,
    state: stateOf(row, failing.length > 0),
    failures: failing.reduce((sum, { failures }) => sum + failures, 0),
    failingSince: earliest(failing.map(({ failingSince }) => failingSince)),
    nextTryAt: row.enabled ? earliest(failing.map(({ nextTryAt }) => nextTryAt)) : null,
    lastDeliveredAt: row.lastDeliveredAt?.toISOString() ?? null,
    lastFailure: last?.lastFailure ? outcomeTold(last.lastFailure, locale) : null,
    places: places.map(({ region, delivered }) => {
      const head = heads.get(region) ?? null;
      return {
        region: region as Webhook['places'][number]['region'],
        delivered: delivered ?? 0,
        waiting: head === null || delivered === null ? null : Math.max(0, head - delivered),
      };
    }),
    createdBy: { id: row.createdById as Webhook['createdBy']['id'], name: row.createdByName },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    version: row.version,
  };
}

/** Webhooks in the order of their rows, by what is known of their regions now. */
export async function webhooksTold(
  { webhooks: { feeds } }: Pick<Parts, 'webhooks'>,
  db: Executor,
  rows: readonly WebhookRow[],
  locale: Locale,
): Promise<Webhook[]> {
  const all = await placesOf(
    db,
    rows.map(({ id }) => id),
  );
  const regions = [...new Set(all.map(({ region }) => region))];
  const heads = new Map(
    await Promise.all(regions.map(async (key): Promise<[string, number | null]> => [key, await feeds.head(key)])),
  );
  return rows.map((row) =>
    webhookShape(
      row,
      all.filter(({ webhookId, region }) => webhookId === row.id && isIncluded(row, region)),
      heads,
      locale,
    ),
  );
}

/** @throws BasaltError notFound. */
export async function webhookTold(parts: Parts, db: Executor, id: string, locale: Locale): Promise<Webhook> {
  const [told] = await webhooksTold(parts, db, [await webhookOrThrow(db, id)], locale);
  if (!told) throw notFound();
  return told;
}
