import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { HeldAnswers } from '../src/regions/held-answers.ts';
import { doorOpen, postgresOpen, rest, send, type Answer, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
let cookie: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('reader@basalt.local', 'systemReadonly');
  await door.accountAdd('other@basalt.local', 'systemReadonly');
  cookie = await door.signIn('reader@basalt.local');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});
beforeEach(() => {
  door.region.tagsSaid.length = 0;
});

let asked = 0;
/** A question of its own for each test, in both ways of asking. */
const ways: Readonly<Record<string, (search: string, as: string) => Promise<Answer>>> = {
  rest: (search, as) => rest(door, 'GET', `/regions/region-1/vms?search=${search}`, { cookie: as }),
  trpc: (search, as) => {
    const input = encodeURIComponent(JSON.stringify({ region: 'region-1', search }));
    return send(door, 'GET', `/api/trpc/vm.list?input=${input}`, { cookie: as });
  },
};

describe.each(Object.entries(ways))('an answer with a tag, by %s', (_, ask) => {
  it('[API-01] is not sent again by the region while its tag holds, and is the same', async () => {
    const search = `s${(asked += 1)}`;
    door.region.tags.set('vm.list', '"one"');
    const first = await ask(search, cookie);
    const calls = door.region.calls.length;
    const second = await ask(search, cookie);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    expect(JSON.stringify(first.body)).toContain('"items"');
    expect(door.region.calls).toHaveLength(calls);
    expect(door.region.tagsSaid).toEqual([null, '"one"']);

    door.region.tags.set('vm.list', '"two"');
    await ask(search, cookie);
    expect(door.region.calls).toHaveLength(calls + 1);
    await ask(search, cookie);
    expect(door.region.tagsSaid).toEqual([null, '"one"', '"one"', '"two"']);
  });

  it('[IAM-03] is not shown to another account, nor for another question', async () => {
    const search = `s${(asked += 1)}`;
    door.region.tags.set('vm.list', '"three"');
    await ask(search, cookie);
    await ask(search, await door.signIn('other@basalt.local'));
    await ask(`${search}x`, cookie);
    expect(door.region.tagsSaid).toEqual([null, null, null]);
  });

  it('[IAM-11] is not shown when the session has ended', async () => {
    const search = `s${(asked += 1)}`;
    door.region.tags.set('vm.list', '"four"');
    const mine = await door.signIn('other@basalt.local');
    expect((await ask(search, mine)).status).toBe(200);
    expect((await rest(door, 'DELETE', '/session', { cookie: mine })).status).toBe(200);
    expect((await ask(search, mine)).status).toBe(401);
    expect(door.region.tagsSaid).toEqual([null]);
  });
});

describe('what is held', () => {
  it('[API-01] is bounded by its bytes, the oldest goes first', () => {
    const held = new HeldAnswers();
    const large = () => Buffer.alloc(3 * 1024 ** 2);
    for (const path of ['/a', '/b', '/c']) held.hold('who', path, '"t"', large());
    expect(held.bytes).toBeLessThanOrEqual(8 * 1024 ** 2);
    expect(held.find('who', '/a')).toBeUndefined();
    expect(held.find('who', '/c')?.etag).toBe('"t"');
    held.hold('who', '/c', '"u"', Buffer.alloc(1));
    expect(held.find('who', '/c')?.etag).toBe('"u"');
    expect(held.find('whoever', '/c')).toBeUndefined();
    const before = held.bytes;
    held.hold('who', '/huge', '"t"', Buffer.alloc(9 * 1024 ** 2));
    expect(held.find('who', '/huge')).toBeUndefined();
    expect(held.bytes).toBeLessThan(before);
  });
});
