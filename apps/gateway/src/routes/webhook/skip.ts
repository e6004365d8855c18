import { changeAfter } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { placeSkip, placesOf } from '../../store/webhook-place-store.ts';
import { webhookOf } from '../../store/webhook-store.ts';
import { regionsOf } from './regions.ts';
import { webhookToChange, webhookTold } from './webhook-shape.ts';

/** API-03. A region that cannot be asked now is gone on with from where it ends when it can. */
export const webhookSkip = (parts: Parts): OwnDeed<'webhook', 'skip'> =>
  changeAfter(
    async ({ input: { id } }) => {
      const row = await webhookOf(parts.db, id);
      if (row) await parts.webhooks.feeds.headsNow(regionsOf(parts, row.regions));
    },
    async ({ input: { id }, ctx, work }) => {
      const row = await webhookToChange(work.tx, id);
      work.resource('webhook', id, row.name);
      const skipped: Record<string, { from: number; to: number | null }> = {};
      for (const place of await placesOf(work.tx, [id])) {
        const head = await parts.webhooks.feeds.head(place.region);
        await placeSkip(work.tx, place, head);
        if (place.delivered !== null && place.delivered !== head)
          skipped[place.region] = { from: place.delivered, to: head };
      }
      work.detail({ skipped });
      work.after(() => parts.wake.say('webhooks'));
      return webhookTold(parts, work.tx, id, ctx.locale);
    },
  );
