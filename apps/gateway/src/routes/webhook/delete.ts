import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { webhookRemove } from '../../store/webhook-store.ts';
import { webhookToChange } from './webhook-shape.ts';

/** API-03. What waits is gone with it. */
export const webhookDelete = (_parts: Parts): OwnDeed<'webhook', 'delete'> =>
  change(async ({ input: { id }, work }) => {
    const { name } = await webhookToChange(work.tx, id);
    work.resource('webhook', id, name);
    await webhookRemove(work.tx, id);
    return {};
  });
