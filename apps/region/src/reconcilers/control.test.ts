import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, fixture, type Fixture } from '../../test/task-fixture.ts';
import { databaseOpen } from '../store/database.ts';
import { controlStart } from './control.ts';

let f: Fixture;
beforeAll(async () => {
  f = await fixture({ hostCount: 1 });
}, 60_000);
afterAll(() => f[Symbol.asyncDispose]());

test('[TASK-02] a region whose database connections are all busy goes on leading', async () => {
  const timing = { beat: 200, expiry: 800 };
  const db = databaseOpen({ url: f.url, connections: 2 });
  const terms: AbortSignal[] = [];
  const control = await controlStart({
    services: { ...f.services, db },
    databaseUrl: f.url,
    executor: 'busy',
    metrics: null,
    timing,
    reconcilers: [
      {
        name: 'witness',
        every: 60_000,
        run: ({ signal }) => {
          terms.push(signal);
          return Promise.resolve({});
        },
      },
    ],
  });
  try {
    await eventually(
      () => terms.length,
      (count) => count === 1,
    );
    const held = [await db.$client.connect(), await db.$client.connect()];
    const waiting = db.$client.query('select 1').catch(() => null);
    await sleep(3 * timing.expiry);
    expect(control.leading).toBe(true);
    for (const client of held) client.release();
    await waiting;
    expect(terms.map((signal) => signal.aborted)).toEqual([false]);
  } finally {
    await control.stop();
    await db.$client.end();
  }
}, 30_000);
