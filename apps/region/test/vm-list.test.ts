import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vmListInput, type HostId, type ImageId, type NetworkId } from '@basalt/contract';
import { vmList } from '../src/domain/lists.ts';
import { vmCreate } from '../src/domain/vm/create.ts';
import { outboxAfter } from '../src/store/event.ts';
import { sequenceNow } from '../src/store/page.ts';
import { VmCountCache, vmPage } from '../src/store/vm-page.ts';
import { instantIso } from '../src/store/vm-shape.ts';
import { transact } from '../src/store/transact.ts';
import * as schema from '../src/store/schema/index.ts';
import { fixtureOpen, GIB, KEY, vmInput, type Fixture } from './region-fixture.ts';

let f: Fixture;
let hosts: HostId[];
let networkId: NetworkId;
let imageId: ImageId;

const list = (more: object = {}) => vmList(f.context(), vmListInput.parse({ region: KEY, ...more }));
const names = (answer: Awaited<ReturnType<typeof list>>): string[] => answer.items.map((vm) => vm.name);

beforeAll(async () => {
  f = await fixtureOpen();
  hosts = [];
  for (const name of ['h1', 'h2', 'h3'])
    hosts.push(await f.hostAdd(name, { capacityVcpu: 200, capacityMemory: 400 * GIB }));
  imageId = await f.imageAdd();
  networkId = await f.networkAdd('10.70.0.0/24');
  await vmCreate(f.context(), vmInput({ name: 'web', imageId, networkId, count: 40 }));
  await vmCreate(
    f.context(),
    vmInput({ name: 'db', imageId, networkId, count: 5, vcpu: 4, memory: 4 * GIB, start: false }),
  );
  await f.db.execute(sql`update vms set state = 'running' where name like 'web%'`);
  await f.db.execute(sql`update vms set state = 'stopped', first_address = null where name like 'db%'`);
});
afterAll(() => f[Symbol.asyncDispose]());

describe('the VM list', () => {
  test('[VM-25] pages by number and by cursor give every row once, in every order', async () => {
    for (const field of ['name', 'state', 'host', 'vcpu', 'memory', 'createdAt', 'address'])
      for (const order of ['asc', 'desc']) {
        const sort = { field, order };
        const whole = names(await list({ sort, limit: 200 }));
        expect(new Set(whole).size).toBe(45);
        const byPage: string[] = [];
        for (const page of [1, 2, 3, 4]) byPage.push(...names(await list({ sort, limit: 13, page })));
        expect(byPage, `${field} ${order}`).toEqual(whole);
        const byCursor: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null;) {
          const answer = await list({ sort, limit: 13, ...(cursor ? { cursor } : {}) });
          byCursor.push(...names(answer));
          cursor = answer.nextCursor;
        }
        expect(byCursor, `${field} ${order} by cursor`).toEqual(whole);
      }
  });

  test('[VM-25] a first page by its prepared statement is the page that is asked without one', async () => {
    for (const field of ['name', 'state', 'host', 'vcpu', 'memory', 'createdAt', 'address'] as const)
      for (const order of ['asc', 'desc'] as const)
        for (const limit of [1, 13, 200]) {
          const query = { ...vmListInput.parse({ region: KEY, sort: { field, order }, limit }), reach: 'all' as const };
          const pages = [await vmPage(f.db, query, new VmCountCache()), await vmPage(f.db, query, new VmCountCache())];
          // a transaction has no connection of its own to prepare it on
          const plain = await f.db.transaction((tx) => vmPage(tx, query, new VmCountCache()));
          expect(plain.items).toHaveLength(Math.min(limit, 45));
          for (const page of pages) expect(page).toEqual(plain);
        }
    const { rows } = await f.db.execute<{ n: number }>(
      sql`select count(*)::int as n from pg_prepared_statements where name like 'vm_page_%'`,
    );
    expect(rows[0]?.n).toBeLessThanOrEqual(64);
  });

  test('[VM-25] times are told as ISO 8601 in milliseconds, however PostgreSQL writes them', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (at) => {
        const [day, time] = at.toISOString().slice(0, -1).split('T');
        expect(instantIso(`${day} ${time}+00`)).toBe(at.toISOString());
        expect(instantIso(`${day} ${time?.replace(/\.?0+$/u, '')}+00`)).toBe(at.toISOString());
        expect(instantIso(`${day} ${time}456+00`)).toBe(at.toISOString());
      }),
    );
    expect(instantIso('2026-05-01 20:00:00.123+08')).toBe('2026-05-01T12:00:00.123Z');
    expect(instantIso('2026-05-01 17:30:00.1+05:30')).toBe('2026-05-01T12:00:00.100Z');
  });

  test('[VM-25] filters, facets without their own condition, totals', async () => {
    const answer = await list({ filter: { state: ['stopped'] } });
    expect(answer.total).toBe(5);
    expect(answer.facets.state).toEqual({ running: 40, stopped: 5 });
    expect(Object.values(answer.facets.host).reduce((sum, n) => sum + n, 0)).toBe(5);
    const onHost = await list({ filter: { hostId: [hosts[0]] }, limit: 200 });
    expect(onHost.total).toBe(onHost.items.length);
    expect(onHost.items.every((vm) => vm.host?.id === hosts[0])).toBe(true);
    expect(Object.values(onHost.facets.host).reduce((sum, n) => sum + n, 0)).toBe(45);
    expect((await list({ filter: { networkId: [networkId] } })).total).toBe(45);
    expect((await list({ filter: { imageId: [imageId], ownerId: [f.context().actor.sub] } })).total).toBe(45);
  });

  test('[VM-25] search by name, id, address and MAC; wild cards are letters', async () => {
    const [first] = (await list({ search: 'web-07' })).items;
    expect(first?.name).toBe('web-07');
    expect(names(await list({ search: first?.id }))).toEqual(['web-07']);
    expect(names(await list({ search: first?.addresses[0] }))).toContain('web-07');
    const [nic] = await f.db
      .select()
      .from(schema.nics)
      .where(sql`vm_id = ${first?.id}`);
    expect(names(await list({ search: nic?.mac.toUpperCase() }))).toEqual(['web-07']);
    expect((await list({ search: 'web%07' })).total).toBe(0);
    expect((await list({ search: '_' })).total).toBe(0);
  });

  test('[VM-25] a cursor of somebody else’s making is refused, whatever stands in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 100 }).filter((s) => s.length > 0),
        async (text) => {
          await expect(list({ cursor: text })).rejects.toMatchObject({ code: 'invalidInput' });
        },
      ),
      { numRuns: 30 },
    );
  });

  test('[API-03] counts follow a change at once', async () => {
    const before = (await list()).facets.state['running'] ?? 0;
    await transact(f.db, async (work) => {
      const [row] = await work.tx
        .select()
        .from(schema.vms)
        .where(sql`name = 'web-01'`);
      await work.tx.execute(sql`update vms set state = 'paused' where name = 'web-01'`);
      if (row) work.changed('vm', row.id);
    });
    expect((await list()).facets.state['running']).toBe(before - 1);
  });
});

describe('the outbox', () => {
  test('[API-03] a reader that follows never misses a row, however transactions overlap', async () => {
    const start = await sequenceNow(f.db);
    const seen: number[] = [];
    let at = start;
    let writing = true;
    const reader = (async () => {
      while (writing) {
        for (const row of await outboxAfter(f.db, at)) {
          seen.push(row.sequence);
          at = row.sequence;
        }
      }
    })();
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        transact(f.db, async (work) => {
          work.changed('host', `early-${n}`);
          await work.tx.execute(sql`select pg_sleep(${(n % 7) * 0.01})`);
          for (let i = 0; i < n % 4; i += 1) work.changed('vm', `${n}-${i}`);
        }),
      ),
    );
    writing = false;
    await reader;
    for (const row of await outboxAfter(f.db, at)) seen.push(row.sequence);
    const all = (await outboxAfter(f.db, start, 10_000)).map((row) => row.sequence);
    expect(seen).toEqual(all);
    expect(all.length).toBe(40 + 60);
  });
});
