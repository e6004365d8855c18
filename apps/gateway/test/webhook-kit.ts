/** What the tests of webhooks share: events, a door that may send to loopback, webhooks made and looked at. */
import type { z } from 'zod';
import type { LiveEvent, Webhook, WebhookDelivery, webhookInput } from '@basalt/contract';
import { newId, type TestPostgres } from '@basalt/service';
import type { BackgroundSettings } from '../src/background/settings.ts';
import { backgroundDefaults } from '../src/background/settings.ts';
import { callerOf, type Caller } from './account-kit.ts';
import { doorOpen, type Door, type DoorOptions } from './harness.ts';

export const pace = (more: Partial<BackgroundSettings['webhooks']> = {}): Partial<BackgroundSettings> => ({
  webhooks: { ...backgroundDefaults.webhooks, everyMs: 50, backOffMs: 100, deadlineMs: 2_000, ...more },
});

export const event = (sequence: number, more: Partial<LiveEvent> = {}): LiveEvent => ({
  sequence,
  at: new Date(Date.UTC(2026, 10, 1) + sequence).toISOString(),
  kind: 'vm',
  change: 'updated',
  id: newId(),
  data: { name: `vm-${sequence}` },
  ...more,
});
export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
export const events = (from: number, to: number, more: Partial<LiveEvent> = {}): LiveEvent[] =>
  range(from, to).map((sequence) => event(sequence, more));

export const patient = { timeout: 20_000, interval: 20 };

/** A door with an administrator whose webhooks may be sent to loopback. */
export async function webhookDoorOpen(
  postgres: TestPostgres,
  options: DoorOptions = {},
  allowed: readonly string[] = ['127.0.0.0/8'],
): Promise<{ door: Door; admin: Caller; cookie: string }> {
  const door = await doorOpen(postgres, { work: pace(), ...options });
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  const cookie = await door.signIn('admin@basalt.local');
  const admin = callerOf(door, cookie);
  await admin.call('session', 'setPreferences', { locale: 'en-US' });
  if (allowed.length > 0) await admin.call('webhook', 'updateDestinations', { version: 0, allowed: [...allowed] });
  return { door, admin, cookie };
}

export async function webhookMake(
  admin: Caller,
  url: string,
  more: Partial<z.input<typeof webhookInput>> = {},
): Promise<{ id: Webhook['id']; secret: string; webhook: Webhook }> {
  const { webhook, secret } = await admin.call('webhook', 'create', { name: `hook ${newId()}`, url, ...more });
  return { id: webhook.id, secret, webhook };
}

export const webhookGet = (admin: Caller, id: Webhook['id']): Promise<Webhook> => admin.call('webhook', 'get', { id });

export async function deliveriesOf(admin: Caller, id: Webhook['id']): Promise<WebhookDelivery[]> {
  const { items } = await admin.call('webhook', 'deliveries', { id, limit: 200 });
  return items;
}

/** What an update sends back of a webhook that was read. */
export const again = ({ id, version, name, url, enabled, regions, kinds, ca }: Webhook) => ({
  id,
  version,
  name,
  url,
  enabled,
  regions,
  kinds,
  ca,
});
