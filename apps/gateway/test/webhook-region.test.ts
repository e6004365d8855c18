/** Through a real region on a real outbox: what changes there reaches the receiver. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { doorOpen as regionDoorOpen, type Door as RegionDoor } from '../../region/test/door-fixture.ts';
import { historyTrim } from '../../region/src/store/event.ts';
import { webhookVerify } from '../../../packages/sdk/src/index.ts';
import type { Caller } from './account-kit.ts';
import { postgresOpen, type Door } from './harness.ts';
import { patient, webhookDoorOpen, webhookGet, webhookMake } from './webhook-kit.ts';
import { takes, refuses, webhookSinkOpen, type WebhookSink } from './webhook-sink.ts';

let postgres: TestPostgres;
let region: RegionDoor;
let door: Door;
let admin: Caller;
let sink: WebhookSink;
beforeAll(async () => {
  postgres = await postgresOpen();
  region = await regionDoorOpen();
  ({ door, admin } = await webhookDoorOpen(postgres));
  sink = await webhookSinkOpen();
  const path = (name: string): string => join(door.directory, `lab-${name}.pem`);
  writeFileSync(path('ca'), region.f.services.ca.certificate);
  writeFileSync(path('cert'), region.gateway.certificate);
  writeFileSync(path('key'), region.gateway.key);
  const entry = {
    key: 'lab',
    name: 'Lab',
    endpoint: region.origin,
    ca: path('ca'),
    cert: path('cert'),
    key_file: path('key'),
  };
  writeFileSync(door.env.regionsFile, JSON.stringify([entry]));
  door.gateway.parts.regions.refresh();
}, 120_000);
afterAll(async () => {
  await door.close();
  await region[Symbol.asyncDispose]();
  await sink.close();
  await postgres[Symbol.asyncDispose]();
});

const rename = async (name: string): Promise<void> => {
  const { code } = await region.call('computeCluster.rename', 'mutation', { id: region.f.clusterId, name });
  expect(code).toBeNull();
};

describe('a region', () => {
  it('[API-03] tells what changes, and the receiver gets it, verified, from the moment of creation on', async () => {
    await rename('before');
    const { id, secret, webhook } = await webhookMake(admin, sink.url, { kinds: ['cluster'] });
    expect(webhook.places).toMatchObject([{ region: 'lab', waiting: 0 }]);
    await rename('first');
    await expect.poll(() => sink.received.length, patient).toBe(1);
    const { headers, body } = sink.received[0]!;
    const message = await webhookVerify(headers, body, secret);
    expect(message).toMatchObject({ region: 'lab', missed: false });
    expect(message.events).toMatchObject([{ kind: 'cluster', change: 'updated', data: { name: 'first' } }]);

    sink.answer = refuses(500);
    await rename('second');
    await expect.poll(async () => (await webhookGet(admin, id)).state, patient).toBe('failing');
    await rename('third');
    await region.f.db.execute(`update outbox set at = now() - interval '2 days'`);
    await rename('fourth');
    await historyTrim(region.f.db);
    sink.answer = takes;
    await expect
      .poll(() => sink.received.at(-1)!.message.events.map(({ data }) => data), patient)
      .toMatchObject([{ name: 'fourth' }]);
    expect(sink.received.at(-1)!.message.missed).toBe(true);
    await expect
      .poll(() => webhookGet(admin, id), patient)
      .toMatchObject({ state: 'delivering', places: [{ waiting: 0 }] });
  });
});
