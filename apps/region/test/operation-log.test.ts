/** What the region logs, and how the gateway gets it. */
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { regionLogPage, type ImageId, type NetworkId, type RegionLogEntry } from '@basalt/contract';
import { vmCreate } from '../src/domain/vm/create.ts';
import { operationsEnd } from '../src/store/operation-log.ts';
import * as schema from '../src/store/schema/index.ts';
import { transact } from '../src/store/transact.ts';
import { doorOpen, type Door } from './door-fixture.ts';
import { vmInput } from './region-fixture.ts';

let door: Door;
let imageId: ImageId;
let networkId: NetworkId;
beforeAll(async () => {
  door = await doorOpen();
  await door.f.hostAdd('h1');
  imageId = await door.f.imageAdd();
  networkId = await door.f.networkAdd('10.42.0.0/24');
});
afterAll(() => door[Symbol.asyncDispose]());

const feed = async (after: number, limit = 500) => {
  const { status, body } = await door.send(`/v1/operation-log?after=${after}&limit=${limit}`);
  expect(status).toBe(200);
  return regionLogPage.parse(body);
};
const head = async (): Promise<number> => (await feed(0)).head;
const since = async (after: number): Promise<RegionLogEntry[]> => (await feed(after)).entries;

test('[AUD-01] an accepted operation is told once, and its end once more when its task ends', async () => {
  const before = await head();
  const { items } = await vmCreate(door.f.context(), vmInput({ name: 'logged', imageId, networkId }));
  const taskId = items[0]!.taskId;
  const [accepted] = await since(before);
  expect(accepted).toMatchObject({
    operation: 'vm.create',
    result: 'accepted',
    about: null,
    taskId,
    resources: [{ kind: 'vm', name: 'logged' }],
    accountName: 'Tester',
    address: '192.0.2.1',
    via: 'console',
  });
  const error = { code: 'noHostFits', params: { reason: 'none' } } as const;
  await transact(door.f.db, (work) => operationsEnd(work, taskId, 'failed', error));
  await transact(door.f.db, (work) => operationsEnd(work, taskId, 'succeeded', null));
  const told = await since(accepted!.id);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({
    about: accepted!.id,
    result: 'failed',
    error: 'noHostFits',
    errorParams: { reason: 'none' },
  });
});

test('[AUD-01] a refusal is logged with its reason and the name of what it was about', async () => {
  const [vm] = await door.f.db.select().from(schema.vms).where(eq(schema.vms.name, 'logged'));
  const before = await head();
  await door.call('vm.resume', 'mutation', { id: vm!.id });
  await door.call('vm.start', 'mutation', { id: vm!.id }, ['vm:read']);
  await door.call('vm.start', 'mutation', { id: 'not an id' });
  const told = await since(before);
  expect(told.map(({ operation, result, error }) => [operation, result, error])).toEqual([
    ['vm.resume', 'failed', 'actionRefused'],
    ['vm.start', 'failed', 'permissionMissing'],
    ['vm.start', 'failed', 'invalidInput'],
  ]);
  expect(told[0]!.resources).toEqual([{ kind: 'vm', id: vm!.id, name: 'logged' }]);
});

test('[AUD-01] a change is told as before and after, reads are not told', async () => {
  const [vm] = await door.f.db.select().from(schema.vms).where(eq(schema.vms.name, 'logged'));
  await door.f.db.execute(sql`update vms set state = 'running' where id = ${vm!.id}`);
  const before = await head();
  expect((await door.call('vm.update', 'mutation', { id: vm!.id, name: 'renamed', note: 'n' })).code).toBeNull();
  await door.call('vm.list', 'query', {});
  expect(await since(before)).toMatchObject([
    {
      operation: 'vm.update',
      result: 'succeeded',
      detail: { name: { from: 'logged', to: 'renamed' }, note: { from: '', to: 'n' } },
    },
  ]);
});

test('[AUD-01] the gateway reads on from any number, in order, in pages, and misses nothing written at once', async () => {
  const before = await head();
  const clusters = Array.from({ length: 12 }, (_, i) => `cluster ${i}`);
  const reader = (async () => {
    const seen: number[] = [];
    let after = before;
    while (seen.length < clusters.length) {
      const { entries } = await feed(after, 3);
      seen.push(...entries.map(({ id }) => id));
      after = entries.at(-1)?.id ?? after;
    }
    return seen;
  })();
  await Promise.all(
    clusters.map((name) => door.call('computeCluster.rename', 'mutation', { id: door.f.clusterId, name })),
  );
  const seen = await reader;
  expect(seen).toEqual((await since(before)).map(({ id }) => id));
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test('[AUD-04] entries cannot be changed or deleted, and no secret stands in them', async () => {
  for (const attack of [
    sql`update operation_log set account_name = 'x'`,
    sql`delete from operation_log`,
    sql`truncate operation_log`,
  ])
    await expect(door.f.db.execute(attack)).rejects.toThrow();
  const password = 'Very-Secret-9';
  await vmCreate(door.f.context(), vmInput({ name: 'secretive', imageId, networkId, password }));
  expect(JSON.stringify(await since(0))).not.toContain(password);
});

test('[AUD-01] only a gateway gets the log', async () => {
  const { status } = await door.send('/v1/operation-log?after=0', { as: door.dispatcher(null) });
  expect(status).toBe(401);
  expect((await door.send('/v1/operation-log?after=-1')).status).toBe(400);
});
