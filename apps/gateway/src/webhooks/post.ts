/** One message of one webhook, signed and sent: what a delivery and a test have in common. */
import { z } from 'zod';
import type { LiveEvent } from '@basalt/contract';
import type { Sealer } from '@basalt/service';
import type { Executor } from '../store/database.ts';
import type { WebhookRow } from '../store/webhook-store.ts';
import { destinationsAllowed } from './destinations.ts';
import { messageBody, type MessageHead } from './message.ts';
import type { Order, Sent } from './send.ts';
import { signedHeaders } from './signature.ts';

const stored = z.array(z.object({ name: z.string(), value: z.string() }));
export type StoredHeader = z.infer<typeof stored>[number];

export const headersSealed = (seal: Sealer, headers: readonly StoredHeader[]): string =>
  headers.length === 0 ? '' : seal.seal(JSON.stringify(headers));

export const headersOpened = (seal: Sealer, sealed: string): StoredHeader[] =>
  sealed === '' ? [] : stored.parse(JSON.parse(seal.unseal(sealed)));

/** The secrets that messages are signed with now, the newest first. */
function secretsOf(seal: Sealer, { secret, oldSecret, oldUntil }: WebhookRow, now: number): string[] {
  const isOldGood = oldSecret !== null && oldUntil !== null && oldUntil.getTime() > now;
  return [secret, ...(isOldGood ? [oldSecret] : [])].map((sealed) => seal.unseal(sealed));
}

export interface PostParts {
  readonly db: Executor;
  readonly seal: Sealer;
  readonly send: (order: Order, stop: AbortSignal) => Promise<Sent>;
}

export type Message = Pick<MessageHead, 'id' | 'type' | 'region' | 'at' | 'missed'> & {
  readonly events: readonly LiveEvent[];
};

/** @throws Error when `stop` ends it, or when what is needed cannot be read. */
export async function webhookPost(
  { db, seal, send }: PostParts,
  webhook: WebhookRow,
  { events, ...head }: Message,
  stop: AbortSignal,
): Promise<Sent> {
  const body = messageBody({ ...head, webhook: webhook.id }, events);
  return send(
    {
      url: webhook.url,
      ca: webhook.ca,
      allowed: await destinationsAllowed(db),
      headers: headersOpened(seal, webhook.headers),
      signed: signedHeaders(secretsOf(seal, webhook, Date.now()), head.id, body),
      body,
    },
    stop,
  );
}
