import type { WebhookDelivery } from '@basalt/contract';
import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { offsetNext, offsetPage } from '../../store/page.ts';
import { deliveryPage } from '../../store/webhook-store.ts';
import { outcomeTold } from '../../webhooks/outcome.ts';
import { webhookOrThrow } from './webhook-shape.ts';

export const webhookDeliveriesList = ({ db }: Parts): OwnDeed<'webhook', 'deliveries'> =>
  read(async ({ input: { id, ok, ...input }, ctx }) => {
    await webhookOrThrow(db, id);
    const page = offsetPage(input);
    const { rows, total } = await deliveryPage(db, { ...page, webhookId: id, ok });
    return {
      items: rows.map(({ webhookId: _webhook, ok: _ok, at, region, outcome, ...row }) => ({
        ...row,
        ...outcomeTold(outcome, ctx.locale),
        at: at.toISOString(),
        region: region as WebhookDelivery['region'],
      })),
      total,
      nextCursor: offsetNext(page, total),
    };
  });
