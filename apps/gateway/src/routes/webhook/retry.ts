import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { placesRetry } from '../../store/webhook-place-store.ts';
import { webhookToChange, webhookTold } from './webhook-shape.ts';

/** API-03. */
export const webhookRetry = (parts: Parts): OwnDeed<'webhook', 'retry'> =>
  change(async ({ input: { id }, ctx, work }) => {
    const row = await webhookToChange(work.tx, id);
    work.resource('webhook', id, row.name);
    await placesRetry(work.tx, id);
    work.after(() => parts.wake.say('webhooks'));
    return webhookTold(parts, work.tx, id, ctx.locale);
  });
