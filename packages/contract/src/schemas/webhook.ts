/**
 * Webhooks (API-03): the events of the live stream, posted to an address of somebody else's. Signed as Standard Webhooks 1.0
 * has it, at least once and in the order of each region, going on after an interruption where they stopped.
 */
import { z } from 'zod';
import { accountId, regionKey, webhookId } from '../ids.ts';
import { name, timestamp } from './common.ts';
import { liveEvent } from './live-event.ts';

export const WEBHOOKS_MAX = 50;
/** Events in one message; it is also cut off before it gets larger than `WEBHOOK_BODY_MAX`, but for a single larger event. */
export const WEBHOOK_EVENTS_MAX = 100;
export const WEBHOOK_BODY_MAX = 1024 * 1024;

/** Absolute, `http` or `https`, with neither user nor fragment: credentials belong into a header. */
export const webhookUrl = z
  .string()
  .trim()
  .max(2048)
  .refine((value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, username, password, hash, hostname } = new URL(value);
    return /^https?:$/u.test(protocol) && username === '' && password === '' && hash === '' && hostname !== '';
  }, 'webhookUrl');

/** RFC 9110 field name; what the message itself needs cannot be set. */
export const webhookHeaderName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/u, 'headerName')
  .refine(
    (value) =>
      !/^(?:host|connection|content-length|content-type|transfer-encoding|upgrade|te|trailer|expect|keep-alive|proxy-.*|webhook-.*)$/iu.test(
        value,
      ),
    'headerReserved',
  );
export const webhookHeaderValue = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[\u0020-\u007E]*$/u, 'headerValue');

export const webhookValues = z.object({
  name,
  url: webhookUrl,
  enabled: z.boolean().default(true),
  /** Empty: all, also those that come later. */
  regions: z.array(regionKey).max(100).default([]),
  /** Empty: all. */
  kinds: z.array(liveEvent.shape.kind).max(20).default([]),
  /** PEM of a private certificate authority, where the receiver's certificate is not publicly trusted. */
  ca: z.string().max(65_536).default(''),
});

/** Sent with every message; values are stored sealed and never told again. A value that is absent stays as it is. */
export const webhookHeaders = z
  .array(z.object({ name: webhookHeaderName, value: webhookHeaderValue.optional() }))
  .max(10)
  .refine(
    (headers) => new Set(headers.map((header) => header.name.toLowerCase())).size === headers.length,
    'headerTwice',
  );

export const webhookInput = webhookValues.extend({ headers: webhookHeaders.default([]) });
export type WebhookInput = z.infer<typeof webhookInput>;

/** How far a message came. `refused`: the address is none that this platform sends to. */
export const webhookStage = z.enum(['resolve', 'refused', 'connect', 'tls', 'send', 'answer', 'done']);

/** What became of one message. */
export const webhookOutcome = z.object({
  ok: z.boolean(),
  stage: webhookStage,
  /** HTTP status of the receiver, or null when none came. */
  status: z.int().nullable(),
  milliseconds: z.int().nonnegative(),
  /** In the caller's language. */
  text: z.string(),
  /** What the receiver said, at most 1 KiB of it. */
  answer: z.string().nullable(),
});
export type WebhookOutcome = z.infer<typeof webhookOutcome>;

/** `off`: switched off; `waiting`: nothing was delivered yet; `failing`: the last try failed and another follows. */
export const webhookState = z.enum(['off', 'waiting', 'delivering', 'failing']);

export const webhook = webhookValues.extend({
  id: webhookId,
  /** Names of the headers that are sent. */
  headers: z.array(z.string()),
  state: webhookState,
  /** Tries without success since the last success. */
  failures: z.int().nonnegative(),
  failingSince: timestamp.nullable(),
  nextTryAt: timestamp.nullable(),
  lastDeliveredAt: timestamp.nullable(),
  /** The last failure, as long as no success followed. */
  lastFailure: webhookOutcome.nullable(),
  places: z.array(
    z.object({
      region: regionKey,
      /** Sequence number of the last event that the receiver took, or that none of its kinds asked for. */
      delivered: z.int().nonnegative(),
      /** Events of any kind behind it; null while the region cannot be asked. */
      waiting: z.int().nonnegative().nullable(),
    }),
  ),
  createdBy: z.object({ id: accountId.nullable(), name: z.string() }),
  createdAt: timestamp,
  updatedAt: timestamp,
  version: z.int(),
});
export type Webhook = z.infer<typeof webhook>;

/** `whsec_` and the base64 of the key with which messages are signed. Told once. */
export const webhookSecret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}=*$/u);

export const webhookDelivery = webhookOutcome.extend({
  id: z.int(),
  at: timestamp,
  /** `webhook-id` of the message: the same for every try of it. */
  message: z.string(),
  /** Null for a test. */
  region: regionKey.nullable(),
  /** First and last sequence number in it, and how many events. */
  first: z.int().nullable(),
  last: z.int().nullable(),
  events: z.int().nonnegative(),
  /** From 1. */
  attempt: z.int().positive(),
});
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

/** The body that a receiver gets. */
export const webhookMessage = z.object({
  /** As in the header `webhook-id`; whoever has seen it may pass it over. */
  id: z.string(),
  type: z.enum(['events', 'test']),
  webhook: webhookId,
  region: regionKey.nullable(),
  at: timestamp,
  /** Events before the first one are not kept any more: read anew what you hold. */
  missed: z.boolean(),
  events: z.array(liveEvent),
});
export type WebhookMessage = z.infer<typeof webhookMessage>;

/** Networks within the operator's own that webhooks may be sent to; public addresses always may. */
export const webhookDestinations = z.object({
  allowed: z.array(z.union([z.cidrv4(), z.cidrv6()])).max(64),
});
export const webhookDestinationsRead = webhookDestinations.extend({
  version: z.int(),
  updatedAt: timestamp.nullable(),
});
export type WebhookDestinations = z.infer<typeof webhookDestinationsRead>;
