import { expect, test } from 'vitest';
import { z } from 'zod';
import { setTimeout as sleep } from 'node:timers/promises';
import { BasaltError, type TaskId } from '@basalt/contract';
import { harness } from '../../test/task-harness.ts';
import { eventually } from '../../test/task-fixture.ts';
import { transact } from '../store/transact.ts';
import { taskDefine } from './task-define.ts';
import { taskCancel, taskRetry } from './task-enqueue.ts';

const input = z.object({ name: z.string() });
/** What steps do and undos undo, by the task's name. */
const world = new Map<string, string[]>();
const faults = new Set<string>();
const did = (name: string, what: string): void => void world.set(name, [...(world.get(name) ?? []), what]);

const slow = taskDefine<z.infer<typeof input>>({
  kind: 'test.slow',
  input,
  cancellable: true,
  deadline: 60_000,
  steps: [
    {
      key: 'first',
      run: ({ input: { name } }) => Promise.resolve(did(name, '+first')),
      async undo({ input: { name } }) {
        await Promise.resolve();
        if (faults.has('undo')) throw new BasaltError('storageFailed', { reason: 'the undo fails' });
        did(name, '-first');
      },
    },
    {
      key: 'second',
      deadline: 1_000,
      async run({ input: { name }, signal }) {
        did(name, '+second');
        if (faults.has('hang')) await sleep(60_000, undefined, { signal });
        if (faults.has('run')) throw new BasaltError('nameTaken', { name: 'x' });
      },
      undo: ({ input: { name } }) => Promise.resolve(did(name, '-second')),
    },
  ],
  retry: () => Promise.resolve(),
});
const h = harness([slow]);
const begin = (name: string): Promise<TaskId> =>
  transact(h.region.db, (work) => h.enqueue(work, 'test.slow', name, { name }));

test('[TASK-02] the task shows its steps, and the error of the step that failed, in the caller’s language', async () => {
  faults.add('run');
  const id = await begin('fails');
  expect(await h.ended(id)).toBe('failed');
  faults.clear();
  expect(await h.region.taskRow(id)).toMatchObject({
    error: { code: 'nameTaken', message: 'The name x is already used' },
  });
  expect((await h.region.steps(id)).map((s) => s.state)).toEqual(['undone', 'undone']);
  expect(world.get('fails')).toEqual(['+first', '+second', '-second', '-first']);
});

test('[TASK-03] a running step is cancelled at once and everything is undone', async () => {
  faults.add('hang');
  const id = await begin('cancelled');
  await eventually(
    () => h.region.taskRow(id),
    (t) => t.currentStep === 'second',
  );
  const asked = Date.now();
  await transact(h.region.db, (work) => taskCancel(work, id));
  expect(await h.ended(id)).toBe('cancelled');
  faults.clear();
  expect(Date.now() - asked).toBeLessThan(900);
  expect(world.get('cancelled')).toEqual(['+first', '+second', '-second', '-first']);
  expect((await h.region.taskRow(id)).error?.code).toBe('taskCancelled');
});

test('[TASK-01] a step that passes its deadline fails with it, and the task unwinds', async () => {
  faults.add('hang');
  const id = await begin('late');
  expect(await h.ended(id)).toBe('failed');
  faults.clear();
  expect((await h.region.taskRow(id)).error?.code).toBe('timedOut');
  expect(world.get('late')).toEqual(['+first', '+second', '-second', '-first']);
});

test('[TASK-03] an undo that keeps failing parks the task, visibly; trying again goes on undoing', async () => {
  faults.add('run').add('undo');
  const id = await begin('parked');
  expect(await h.ended(id)).toBe('parked');
  expect((await h.region.steps(id)).map((s) => s.state)).toEqual(['undoFailed', 'undone']);
  expect((await h.region.steps(id))[0]?.error?.code).toBe('storageFailed');
  faults.clear();
  await transact(h.region.db, (work) => taskRetry(h.registry, work, id));
  expect(
    await eventually(
      () => h.region.taskRow(id),
      (t) => t.state === 'failed',
    ),
  ).toMatchObject({ attempt: 2, error: { code: 'nameTaken' } });
  expect(world.get('parked')).toEqual(['+first', '+second', '-second', '-first']);
});

test('[TASK-03] a failed task is tried again from its beginning', async () => {
  faults.add('run');
  const id = await begin('again');
  expect(await h.ended(id)).toBe('failed');
  faults.clear();
  await transact(h.region.db, (work) => taskRetry(h.registry, work, id));
  expect(
    await eventually(
      () => h.region.taskRow(id),
      (t) => t.state === 'succeeded',
    ),
  ).toMatchObject({ attempt: 2, progress: 1, error: null });
});
