import { WEBHOOKS_MAX, BasaltError, webhookInput } from '@basalt/contract';
import { newId } from '@basalt/service';
import { changeAfter } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { nameTaken } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';
import { isUniqueViolation } from '../../store/unique.ts';
import { placesBegin } from '../../store/webhook-place-store.ts';
import { webhookAdd, webhooksCount } from '../../store/webhook-store.ts';
import { secretNew } from '../../webhooks/signature.ts';
import { urlTold } from '../../webhooks/url.ts';
import { regionsOf } from './regions.ts';
import { webhookTold } from './webhook-shape.ts';
import { webhookValuesOf } from './webhook-values.ts';

/** API-03. What happens from now on is delivered, so where its regions stand is asked before anything is stored. */
export const webhookCreate = (parts: Parts): OwnDeed<'webhook', 'create'> =>
  changeAfter(
    async ({ input }) => void (await parts.webhooks.feeds.headsNow(regionsOf(parts, input.regions))),
    async ({ input, ctx, work }) => {
      const given = webhookInput.parse(input);
      if ((await webhooksCount(work.tx)) >= WEBHOOKS_MAX)
        throw new BasaltError('limitReached', { what: 'Webhook', max: WEBHOOKS_MAX });
      const { values } = await webhookValuesOf(parts, work.tx, given, null);
      const id = newId();
      const secret = secretNew();
      const by = ctx.session?.name ?? '';
      await webhookAdd(work.tx, {
        id,
        ...values,
        secret: parts.seal.seal(secret),
        createdById: ctx.session?.accountId ?? null,
        createdByName: by,
        updatedBy: by,
      }).catch((error: unknown) => {
        throw isUniqueViolation(error) ? nameTaken(values.name, 'name') : error;
      });
      const regions = regionsOf(parts, values.regions);
      const heads = await Promise.all(regions.map((region) => parts.webhooks.feeds.head(region)));
      await placesBegin(
        work.tx,
        id,
        regions.map((region, i) => ({ region, delivered: heads[i] ?? null })),
      );
      const { name, url, enabled, kinds, ca, headerNames } = values;
      work.resource('webhook', id, name);
      work.detail({
        name,
        url: urlTold(url),
        enabled,
        regions: values.regions,
        kinds,
        headers: headerNames,
        ...(ca === '' ? {} : { ca: 'set' }),
      });
      work.after(() => parts.wake.say('webhooks'));
      return { webhook: await webhookTold(parts, work.tx, id, ctx.locale), secret };
    },
  );
