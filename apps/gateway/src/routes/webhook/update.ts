import { webhookInput } from '@basalt/contract';
import { differences } from '@basalt/service';
import { changeAfter } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { nameTaken } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';
import { isUniqueViolation } from '../../store/unique.ts';
import { placesBegin, placesOf, placesRemove, placesRetry, placesUnpin } from '../../store/webhook-place-store.ts';
import { webhookChange, type WebhookRow, type WebhookValues } from '../../store/webhook-store.ts';
import { urlTold } from '../../webhooks/url.ts';
import { isIncluded } from '../../webhooks/work.ts';
import { regionsOf } from './regions.ts';
import { webhookToChange, webhookTold } from './webhook-shape.ts';
import { webhookValuesOf } from './webhook-values.ts';

/** What the log tells of a change: no values of headers and nothing of the URL's query. */
function detailOf(before: WebhookRow, after: WebhookValues, areHeadersChanged: boolean): Record<string, unknown> {
  const plain = ({ name, enabled, regions, kinds, url, headerNames }: WebhookValues) => ({
    name,
    enabled,
    regions,
    kinds,
    url: urlTold(url),
    headers: headerNames,
  });
  const told = differences(plain(before), plain(after));
  return {
    ...told,
    ...(before.url !== after.url && !('url' in told) ? { url: 'query changed' } : {}),
    ...(areHeadersChanged && !('headers' in told) ? { headers: 'changed' } : {}),
    ...(before.ca === after.ca ? {} : { ca: after.ca === '' ? 'removed' : 'changed' }),
  };
}

/** API-03. Regions that come to it begin where they end now; what waits in the others goes on, and is tried at once. */
export const webhookUpdate = (parts: Parts): OwnDeed<'webhook', 'update'> =>
  changeAfter(
    async ({ input }) => void (await parts.webhooks.feeds.headsNow(regionsOf(parts, input.regions))),
    async ({ input, ctx, work }) => {
      const { id, version } = input;
      const before = await webhookToChange(work.tx, id);
      work.resource('webhook', id, before.name);
      const { values, areHeadersChanged } = await webhookValuesOf(parts, work.tx, webhookInput.parse(input), before);
      await webhookChange(work.tx, { row: before, version, values, by: ctx.session?.name ?? '' }).catch(
        (error: unknown) => {
          throw isUniqueViolation(error) ? nameTaken(values.name, 'name') : error;
        },
      );
      const places = await placesOf(work.tx, [id]);
      await placesRemove(
        work.tx,
        id,
        places.map(({ region }) => region).filter((region) => !isIncluded(values, region)),
      );
      const added = regionsOf(parts, values.regions).filter((key) => !places.some(({ region }) => region === key));
      const heads = await Promise.all(added.map((region) => parts.webhooks.feeds.head(region)));
      await placesBegin(
        work.tx,
        id,
        added.map((region, i) => ({ region, delivered: heads[i] ?? null })),
      );
      // a message that was cut for other kinds is another message
      if (JSON.stringify(before.kinds) !== JSON.stringify(values.kinds)) await placesUnpin(work.tx, id);
      await placesRetry(work.tx, id);
      work.detail(detailOf(before, values, areHeadersChanged));
      work.after(() => parts.wake.say('webhooks'));
      return webhookTold(parts, work.tx, id, ctx.locale);
    },
  );
