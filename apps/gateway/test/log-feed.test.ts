import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { newId } from '@basalt/service';
import { operationLogVerify } from '../src/log/verify.ts';
import { logFeedTake } from '../src/store/log-feed-store.ts';
import { doorOpen, postgresOpen, rest, type Door } from './harness.ts';

const work = { feed: { everyMs: 100, deadlineMs: 2_000 } };
let postgres: TestPostgres;
let door: Door;
let cookie: string;
beforeAll(async () => {
  postgres = await postgresOpen();
}, 60_000);
afterAll(() => postgres[Symbol.asyncDispose]());
beforeEach(async () => {
  door = await doorOpen(postgres, { work });
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  cookie = await door.signIn('admin@basalt.local');
  return () => door.close();
});

const entry = (id: number, more: object = {}): object => ({
  id,
  at: new Date(Date.UTC(2026, 10, 1, 0, 0, id % 60)).toISOString(),
  operation: 'vm.start',
  resources: [{ kind: 'vm', id: newId(), name: `vm-${id}` }],
  accountName: 'somebody',
  result: 'succeeded',
  ...more,
});
const taken = async (region = 'region-1'): Promise<number[]> => {
  const { rows } = await door.gateway.parts.db.execute<{ id: string }>(
    `select region_sequence as id from operation_log where region = '${region}' order by sequence`,
  );
  return rows.map(({ id }) => Number(id));
};
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const patient = { timeout: 20_000 };

describe('entries of regions', () => {
  it('[AUD-01] come into the one chain, with their ends and with operations that are not known here', async () => {
    door.region.log.entries = [
      entry(1, { result: 'accepted', taskId: newId() }),
      entry(2, { operation: 'warp.engage', detail: { power: 9, password: 'h1dden' } }),
      entry(5, { about: 1, result: 'failed', error: 'noHostFits', errorParams: { reason: 'no memory' } }),
      entry(6, { about: 3, result: 'succeeded' }),
    ];
    door.other.log.entries = [entry(1), entry(2, { about: 1 })];
    await expect.poll(() => taken(), patient).toEqual([1, 2, 5, 6]);
    await expect.poll(() => taken('region-2'), patient).toEqual([1, 2]);
    const { body } = await rest(door, 'GET', '/operation-log?filter=' + encodeURIComponent('{"region":["region-1"]}'), {
      cookie,
      headers: { 'accept-language': 'en' },
    });
    expect(body['items']).toMatchObject([
      { operation: 'vm.start', detail: { about: 3 } },
      { operation: 'warp.engage', module: 'warp', detail: { power: 9, password: '[redacted]' } },
      { operation: 'vm.start', result: 'failed', error: { code: 'noHostFits' } },
    ]);
    expect(await operationLogVerify(door.gateway.parts.db, door.gateway.parts.heads)).toMatchObject({ ok: true });
  });

  it('[AUD-01] are taken once and all, over pages, while the region is away now and then and the gateway is restarted', async () => {
    const { log } = door.region;
    for (let round = 0; round < 4; round += 1) {
      log.entries = range(1, 700 * (round + 1)).map((id) => log.entries[id - 1] ?? entry(id));
      log.broken = round % 2 === 1;
      await (round === 2 ? door.restart() : expect.poll(() => log.asked.length, patient).toBeGreaterThan(round));
    }
    log.broken = false;
    await expect.poll(async () => (await taken()).length, patient).toBe(2_800);
    expect(await taken()).toEqual(range(1, 2_800));
  }, 60_000);

  it('[AUD-01] are neither lost nor doubled when the transaction that takes them is cut off, or another takes the same', async () => {
    const { db } = door.gateway.parts;
    const page = { region: 'region-1', after: 0, entries: [], unreadable: [] };
    await db.execute(
      `create function cut() returns trigger language plpgsql as $$ begin raise exception 'cut off'; end $$`,
    );
    await db.execute('create trigger cut after insert on operation_log for each statement execute function cut()');
    door.region.log.entries = range(1, 20).map((id) => entry(id));
    await expect.poll(() => door.region.log.asked.length, patient).toBeGreaterThan(3);
    expect(await taken()).toEqual([]);
    const { rows } = await db.execute(`select coalesce(max(taken), 0)::int as taken from log_feed`);
    expect(rows).toEqual([{ taken: 0 }]);
    await db.execute('drop trigger cut on operation_log');
    await expect.poll(() => taken(), patient).toEqual(range(1, 20));
    expect(await logFeedTake(db, page)).toBe(false);
    expect(await taken()).toEqual(range(1, 20));
  });

  it('[AUD-01] that cannot be read or cannot be true hold up nothing', async () => {
    const { log } = door.region;
    log.entries = [
      entry(1, { at: '0000-01-01T00:00:00.000Z', accountName: 'nul\0and \uD800half' }),
      entry(2, { at: '9999-12-31T00:00:00.000Z', detail: { big: 1e300, 'a\0b': 'c\0d' } }),
      entry(3, { accountId: newId().toUpperCase(), client: 'x'.repeat(10_000) }),
    ];
    await expect.poll(() => taken(), patient).toEqual([1, 2, 3]);
    expect(await operationLogVerify(door.gateway.parts.db, null)).toMatchObject({ ok: true });
  });

  it('[AUD-01] come at once after a change went through this door', async () => {
    const slow = await doorOpen(postgres, { work: { feed: { everyMs: 60_000, deadlineMs: 2_000 } } });
    const before = door;
    door = slow;
    try {
      await slow.accountAdd('admin@basalt.local', 'systemAdmin');
      const session = await slow.signIn('admin@basalt.local');
      await expect.poll(() => slow.region.log.asked.length, patient).toBeGreaterThan(0);
      slow.region.log.entries = [entry(1)];
      await rest(slow, 'POST', `/regions/region-1/vms/${newId()}/actions/start`, { cookie: session, body: {} });
      await expect.poll(() => taken(), patient).toEqual([1]);
    } finally {
      await before.close();
    }
  });
});
