import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort, type TestPostgres } from '@basalt/service';
import type { Caller } from './account-kit.ts';
import { postgresOpen, type Door } from './harness.ts';
import { event, events, patient, webhookDoorOpen, webhookMake } from './webhook-kit.ts';
import { refuses, takes, webhookSinkOpen, type WebhookSink } from './webhook-sink.ts';

let postgres: TestPostgres;
let door: Door;
let admin: Caller;
let sink: WebhookSink;
let metricsPort: number;
beforeAll(async () => {
  postgres = await postgresOpen();
  metricsPort = await freePort();
  ({ door, admin } = await webhookDoorOpen(postgres, { env: { metricsPort } }));
  sink = await webhookSinkOpen();
}, 60_000);
afterAll(async () => {
  await door.close();
  await sink.close();
  await postgres[Symbol.asyncDispose]();
});

/** The value of a sample, by its name and labels; undefined where there is none. */
async function sample(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const line = text
    .split('\n')
    .find(
      (each) =>
        each.startsWith(`basalt_gateway_${name}{`) &&
        Object.entries(labels).every(([label, value]) => each.includes(`${label}="${value}"`)),
    );
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

it('[API-03] [MON-03] monitoring is told how webhooks fare', async () => {
  sink.answer = refuses(500);
  await webhookMake(admin, sink.url, { name: 'measured', regions: ['region-1'] });
  door.region.feed.events.push(...events(1, 7));
  const waiting = { webhook: 'measured', region: 'region-1' };
  await expect.poll(() => sample('webhooks_failing'), patient).toBe(1);
  await expect.poll(() => sample('webhook_events_waiting', waiting), patient).toBe(7);
  expect(await sample('webhook_deliveries_total', { outcome: 'answer' })).toBeGreaterThan(0);
  sink.answer = takes;
  await expect.poll(() => sample('webhooks_failing'), patient).toBe(0);
  await expect.poll(() => sample('webhook_events_waiting', waiting), patient).toBe(0);
  expect(await sample('webhook_deliveries_total', { outcome: 'delivered' })).toBe(1);
  door.region.feed.broken = true;
  door.region.feed.events.push(event(8));
  await expect.poll(() => sample('webhook_events_waiting', waiting), patient).toBeUndefined();
  door.region.feed.broken = false;
  await expect.poll(() => sample('webhook_deliveries_total', { outcome: 'delivered' }), patient).toBe(2);
});
