import { afterAll, beforeAll, expect, test } from 'vitest';
import { eq, sql } from 'drizzle-orm';
import { logger } from '@basalt/service';
import { z } from 'zod';
import { actor, eventually, fixture, type Fixture } from '../../test/task-fixture.ts';
import { leases } from '../store/schema/index.ts';
import { transact } from '../store/transact.ts';
import { leaderRun } from './leader.ts';
import { leaseGuard, leaseTake, type HeldLease } from './lease.ts';
import { taskDefine } from './task-define.ts';
import { taskEnqueue } from './task-enqueue.ts';
import { FencedError, taskClaim, TaskJournal } from './task-journal.ts';
import { taskRegistry } from './task-registry.ts';

let region: Fixture;
const log = logger('test', 'silent');
beforeAll(async () => {
  region = await fixture({ hostCount: 1 });
}, 60_000);
afterAll(() => region[Symbol.asyncDispose]());

const guarded = (lease: HeldLease) => transact(region.db, (work) => leaseGuard(work, lease));

test('[TASK-01] one holder at a time; the token grows with every change of holder and with no renewal', async () => {
  const first = await leaseTake(region.db, 'one', 'a', 60_000);
  expect(first?.token).toBe(1);
  expect(await leaseTake(region.db, 'one', 'b', 60_000)).toBeNull();
  expect((await leaseTake(region.db, 'one', 'a', 60_000))?.token).toBe(1);
  await region.db
    .update(leases)
    .set({ expiresAt: sql`now() - interval '1 second'` })
    .where(eq(leases.name, 'one'));
  expect((await leaseTake(region.db, 'one', 'b', 60_000))?.token).toBe(2);
});

test('[TASK-01] after a pause of the leader another leads, and what the first still writes is refused', async () => {
  const led: HeldLease[] = [];
  const timing = { beat: 100, expiry: 400 };
  const old = leaderRun({ db: region.db, holder: 'old', log, timing, lead: (lease) => void led.push(lease) });
  await eventually(
    () => old.lease,
    (lease) => lease !== null,
  );
  const held = old.lease;
  if (!held) throw new Error('nobody leads');
  await guarded(held);
  // what a process that stood still finds when it goes on: its lease has run out, another has taken it
  await region.db
    .update(leases)
    .set({ expiresAt: sql`to_timestamp(0)`, holder: 'nobody' })
    .where(eq(leases.name, 'leader'));
  const next = await leaseTake(region.db, 'leader', 'new', 60_000);
  expect(next?.token).toBeGreaterThan(held.token);
  await expect(guarded(held)).rejects.toMatchObject({ code: 'notLeader' });
  await eventually(
    () => old.lease,
    (lease) => lease === null,
  );
  await old.stop();
  if (next) await guarded(next);
});

test('[TASK-01] a task taken over by another process refuses what the first one writes', async () => {
  const definition = taskDefine({
    kind: 'test.fence',
    input: z.object({}),
    cancellable: false,
    deadline: 60_000,
    steps: [{ key: 'only', noUndo: 'nothing is done', run: () => Promise.resolve() }],
  });
  const id = await transact(region.db, (work) =>
    taskEnqueue(taskRegistry([definition]), work, {
      kind: 'test.fence',
      target: { kind: 'test', id: 'x', name: 'x' },
      input: {},
      actor,
      locale: 'en-US',
    }),
  );
  const journalOf = async (executor: string): Promise<TaskJournal> => {
    const claim = await taskClaim(region.db, id, 1, executor);
    if (!claim) throw new Error('not claimed');
    return new TaskJournal(region.db, claim, 1);
  };
  const zombie = await journalOf('zombie');
  expect(await zombie.stepBegin(0, 'only')).toBe(true);
  const heir = await journalOf('heir');
  await expect(zombie.finish('failed')).rejects.toBeInstanceOf(FencedError);
  await expect(zombie.stepChange(0, { state: 'failed' })).rejects.toBeInstanceOf(FencedError);
  await heir.finish('succeeded');
  expect(await region.taskRow(id)).toMatchObject({ state: 'succeeded', executor: null });
});
