import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, newId, type TestPostgres } from '@basalt/service';
import { doorOpen, postgresOpen, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
let metricsPort: number;
beforeAll(async () => {
  postgres = await postgresOpen();
  metricsPort = await freePort();
  door = await doorOpen(postgres, {
    env: { metricsPort },
    work: { feed: { everyMs: 100, deadlineMs: 2_000 }, syslog: { everyMs: 100, deadlineMs: 500, batch: 10 } },
  });
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

/** Values by the name of a metric with its labels, without that of the service. */
async function scrape(): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return new Map(
    [...text.matchAll(/^(basalt_gateway_\w+)(?:\{(.*)\})? (\S+)$/gmu)].map(([, name = '', labels = '', value]) => [
      [
        name,
        ...labels
          .split(',')
          .filter((label) => label && !label.startsWith('service='))
          .toSorted(),
      ].join(' '),
      Number(value),
    ]),
  );
}
const value = async (name: string): Promise<number | undefined> => (await scrape()).get(`basalt_gateway_${name}`);
const patient = { timeout: 20_000, interval: 200 };

describe('metrics of the work in the background', () => {
  it('[MON-03] tell how far each region’s log is in the chain, when it was last taken, and who could not be asked', async () => {
    door.region.log.entries = [1, 2, 3].map((id) => ({
      id,
      at: new Date().toISOString(),
      operation: 'vm.start',
      resources: [{ kind: 'vm', id: newId(), name: 'vm' }],
      accountName: 'somebody',
      result: 'succeeded',
    }));
    const began = Date.now() / 1_000;
    await expect.poll(() => value('log_feed_taken region="region-1"'), patient).toBe(3);
    await expect.poll(() => value('log_feed_waiting region="region-1"'), patient).toBe(0);
    expect(await value('log_feed_taken region="region-2"')).toBe(0);
    await expect
      .poll(async () => (await value('log_feed_success_seconds region="region-2"')) ?? 0, patient)
      .toBeGreaterThan(began - 60);
    expect(await value('work_failures_total region="region-2" work="feed"')).toBeUndefined();
    await door.other.close();
    await expect
      .poll(async () => (await value('work_failures_total region="region-2" work="feed"')) ?? 0, patient)
      .toBeGreaterThan(0);
  });

  it('[MON-03] tell what waits for mail and syslog, and that it does not go', async () => {
    const { db } = door.gateway.parts;
    await expect.poll(() => value('mail_waiting'), patient).toBe(0);
    await db.execute(`insert into mail_outbox ("to", subject, text, expires_at, created_at)
      values ('a@example.com', 's', 't', now() + interval '1 hour', now() - interval '10 minutes'), ('b@example.com', 's', 't', now() + interval '1 hour', now())`);
    await db.execute(`insert into mail_outbox ("to", subject, text, expires_at, failed_at)
      values ('c@example.com', 's', '', now(), now())`);
    await expect.poll(() => value('mail_waiting'), patient).toBe(2);
    expect(await value('mail_oldest_seconds')).toBeGreaterThan(590);
    expect(await value('mail_failed')).toBe(1);
    expect(await value('syslog_waiting')).toBe(0);
    expect(await value('work_failures_total region="" work="syslog"')).toBe(0);
    const server = { enabled: true, host: '127.0.0.1', port: await freePort(), transport: 'tcp', facility: 13, ca: '' };
    await db.execute(
      `insert into setting (key, value, version, updated_at, updated_by) values ('syslog', '${JSON.stringify(server)}', 1, now(), 'test')`,
    );
    await db.execute(`insert into log_forward (name, sequence, at) values ('syslog', 1, now())`);
    await expect.poll(() => value('syslog_failing'), patient).toBe(1);
    expect(await value('syslog_waiting')).toBe(2);
    expect(await value('work_failures_total region="" work="syslog"')).toBeGreaterThan(0);
    expect(await value('log_rules_waiting')).toBeDefined();
  });
});
