/** The one way a task comes into being: rows in the caller's transaction, so that it exists exactly when its cause does. */
import { sql } from 'drizzle-orm';
import { and, eq, inArray, isNull } from 'drizzle-orm';
import { BasaltError, both, type Locale, type TaskId } from '@basalt/contract';
import { taskInsert, taskLock } from '../store/task.ts';
import { tasks, taskSteps, type TaskActor } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';
import type { TaskRegistry } from './task-registry.ts';

/** `NOTIFY` on this wakes the dispatchers of all region processes. */
export const TASK_CHANNEL = 'basalt_tasks';

export interface TaskOrder {
  readonly kind: string;
  readonly target: { readonly kind: string; readonly id: string; readonly name: string };
  readonly input: Record<string, unknown>;
  readonly actor: TaskActor;
  readonly locale: Locale;
  readonly requestId?: string | null;
  readonly parentId?: TaskId | null;
}

const wake = (work: Work): Promise<unknown> => work.tx.execute(sql`select pg_notify(${TASK_CHANNEL}, '')`);

/** @throws Error when the input is not what the kind's definition takes: a mistake of the caller's code. */
export async function taskEnqueue(registry: TaskRegistry, work: Work, order: TaskOrder): Promise<TaskId> {
  const definition = registry.get(order.kind);
  definition.input.parse(order.input);
  const id = await taskInsert(work, {
    ...order,
    cancellable: definition.cancellable,
    deadline: Math.ceil(definition.deadline / 1000),
    steps: definition.steps.map((step) => step.key),
  });
  await wake(work);
  return id;
}

/**
 * Asks a task to stop; what it did is undone. It ends as `cancelled` soon after, or not at all when its last step is done.
 * @throws BasaltError notFound; actionRefused when it cannot be cancelled (any more).
 */
export async function taskCancel(work: Work, id: TaskId): Promise<void> {
  const [row] = await work.tx
    .update(tasks)
    .set({ cancelRequested: true })
    .where(and(eq(tasks.id, id), eq(tasks.cancellable, true), inArray(tasks.state, ['queued', 'running'])))
    .returning({ id: tasks.id });
  if (!row) {
    const found = await taskLock(work, id);
    if (!found) throw new BasaltError('notFound', { kind: 'task' });
    throw new BasaltError('actionRefused', {
      reason: both('任务已结束或不支持取消', 'The task has ended or cannot be cancelled'),
    });
  }
  work.changed('task', id);
  await wake(work);
}

/**
 * Another attempt: a failed task from its beginning, a parked one goes on undoing.
 * @throws BasaltError notFound; actionRefused when it is in neither state, or its kind cannot be retried.
 */
export async function taskRetry(registry: TaskRegistry, work: Work, id: TaskId): Promise<void> {
  const row = await taskLock(work, id);
  if (!row) throw new BasaltError('notFound', { kind: 'task' });
  const definition = registry.get(row.kind);
  if (row.state === 'parked') {
    await work.tx
      .update(tasks)
      .set({ state: 'undoing', attempt: row.attempt + 1, executor: null, finishedAt: null })
      .where(eq(tasks.id, id));
  } else if (row.state === 'failed' && definition.retry) {
    await definition.retry(work, definition.input.parse(row.input), id);
    await work.tx
      .update(tasks)
      .set({
        state: 'queued',
        attempt: row.attempt + 1,
        executor: null,
        cancelRequested: false,
        progress: 0,
        currentStep: null,
        error: null,
        startedAt: null,
        finishedAt: null,
        deadlineAt: new Date(Date.now() + definition.deadline),
      })
      .where(eq(tasks.id, id));
    await work.tx
      .update(taskSteps)
      .set({ state: 'pending', startedAt: null, finishedAt: null, detail: null, error: null, output: null })
      .where(eq(taskSteps.taskId, id));
  } else {
    throw new BasaltError('actionRefused', {
      reason: both('该任务不能重试，请重新执行操作', 'This task cannot be tried again; repeat the action'),
    });
  }
  work.changed('task', id);
  await wake(work);
}

/** Tasks that wait for a process, claimed for this one: oldest first, none twice. */
export async function tasksTake(
  work: Work,
  executor: string,
  limit: number,
): Promise<{ id: TaskId; attempt: number; undoOnly: boolean }[]> {
  const waiting = await work.tx
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(inArray(tasks.state, ['queued', 'undoing']), isNull(tasks.executor)))
    .orderBy(tasks.createdAt, tasks.id)
    .limit(limit)
    .for('update', { skipLocked: true });
  if (waiting.length === 0) return [];
  const taken = await work.tx
    .update(tasks)
    .set({ executor, heartbeatAt: sql`now()` })
    .where(
      inArray(
        tasks.id,
        waiting.map((row) => row.id),
      ),
    )
    .returning({ id: tasks.id, attempt: tasks.attempt, state: tasks.state });
  return taken.map(({ id, attempt, state }) => ({ id, attempt, undoOnly: state === 'undoing' }));
}
