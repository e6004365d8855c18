import { task as taskSchema, type Task } from '@basalt/contract';
import { expect, test } from 'vitest';
import { groupState, groupTasks } from './tray-groups.ts';

const id = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const task = (n: number, change: Partial<Task> = {}): Task =>
  taskSchema.parse({
    id: id(n),
    kind: 'vm.start',
    state: 'succeeded',
    target: { kind: 'vm', id: id(900 + n), name: `web-${n}` },
    parentId: null,
    progress: 1,
    currentStep: null,
    cancellable: false,
    retryable: false,
    actor: { id: 'a', name: 'Ann', address: null },
    error: null,
    createdAt: '2026-01-01T00:00:00Z',
    startedAt: '2026-01-01T00:00:00Z',
    finishedAt: '2026-01-01T00:00:05Z',
    ...change,
  });

test('[TASK-03] tasks of one bulk request are one line, others keep theirs', () => {
  const groups = groupTasks([
    task(1),
    task(2, { createdAt: '2026-01-01T00:00:01Z' }),
    task(3, { kind: 'vm.create' }),
    task(4),
    task(5, { createdAt: '2025-12-31T23:00:00Z' }),
  ]);
  expect(groups.map((group) => group.tasks.length)).toEqual([2, 1, 1, 1]);
});

test('[TASK-03] a group tells how many are done, failed and running', () => {
  expect(
    groupState([task(1), task(2, { state: 'failed' }), task(3, { state: 'running', finishedAt: null, progress: 0.5 })]),
  ).toEqual({ done: 1, failed: 1, active: 1, progress: 2.5 / 3 });
});
