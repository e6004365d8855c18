import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { webhookSecretPut } from '../../store/webhook-store.ts';
import { OLD_SECRET_MS, secretNew } from '../../webhooks/signature.ts';
import { webhookToChange } from './webhook-shape.ts';

/** API-03. A receiver has a day to learn the new secret: so long both sign. */
export const webhookRotateSecret = ({ seal }: Parts): OwnDeed<'webhook', 'rotateSecret'> =>
  change(async ({ input: { id }, work }) => {
    const row = await webhookToChange(work.tx, id);
    work.resource('webhook', id, row.name);
    const secret = secretNew();
    const oldUntil = new Date(Date.now() + OLD_SECRET_MS);
    await webhookSecretPut(work.tx, row, seal.seal(secret), oldUntil);
    work.detail({ oldUntil: oldUntil.toISOString() });
    return { secret, oldUntil: oldUntil.toISOString() };
  });
