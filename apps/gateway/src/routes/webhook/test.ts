import { newId } from '@basalt/service';
import { long } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { deliveryAdd } from '../../store/webhook-store.ts';
import { outcomeTold } from '../../webhooks/outcome.ts';
import { webhookPost } from '../../webhooks/post.ts';
import { urlTold } from '../../webhooks/url.ts';
import { webhookOrThrow } from './webhook-shape.ts';

/** API-03. That the receiver does not take it is an answer, not an error; what waits is not touched. */
export const webhookTest = ({ db, seal, webhooks: { send, tried } }: Parts): OwnDeed<'webhook', 'test'> =>
  long(async ({ input: { id }, ctx, report }) => {
    const row = await webhookOrThrow(db, id);
    report.resource('webhook', id, row.name);
    const now = new Date();
    const message = `msg_${newId()}`;
    const { outcome } = await webhookPost(
      { db, seal, send },
      row,
      { id: message, type: 'test', region: null, at: now.toISOString(), missed: false, events: [] },
      new AbortController().signal,
    );
    tried(outcome);
    const { ok, stage, status } = outcome;
    await db.transaction((tx) =>
      deliveryAdd(tx, { webhookId: id, at: new Date(), message, events: 0, attempt: 1, ok, outcome }),
    );
    report.detail({ url: urlTold(row.url), ok, stage, status });
    return outcomeTold(outcome, ctx.locale);
  });
