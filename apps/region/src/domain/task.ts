import type { Task, TaskDetail, TaskId, procedures } from '@basalt/contract';
import type { InputOf, OutputOf } from '@basalt/rpc';
import { offsetNext, offsetPage, sequenceNow } from '../store/page.ts';
import { taskById, taskDetail, taskLock, taskPage, taskShape } from '../store/task.ts';
import type { Context } from './context.ts';
import { mutate } from './mutate.ts';
import { existing } from './refusal.ts';
import { reachOf } from './rights.ts';

type TaskProcedures = (typeof procedures)['task'];

export async function taskList(
  ctx: Context,
  input: InputOf<TaskProcedures['list']>,
): Promise<OutputOf<TaskProcedures['list']>> {
  const { db } = ctx.services;
  const sequence = await sequenceNow(db);
  const page = offsetPage(input);
  const { mine, ...filter } = input.filter;
  const found = await taskPage(
    db,
    {
      ...filter,
      search: input.search || undefined,
      actorId: mine ? ctx.actor.sub : undefined,
      reach: reachOf(ctx.actor, 'task:read'),
    },
    page,
  );
  return { items: found.rows.map(taskShape), total: found.total, nextCursor: offsetNext(page, found.total), sequence };
}

export async function taskGet(ctx: Context, id: TaskId): Promise<TaskDetail> {
  return taskDetail(ctx.services.db, existing(await taskById(ctx.services.db, id), 'task'));
}

/** @throws BasaltError notFound, actionRefused. */
export function taskAct(
  ctx: Context,
  input: { readonly id: TaskId; readonly requestToken?: string | undefined },
  verb: 'cancel' | 'retry',
): Promise<Task> {
  return mutate(ctx, { operation: `task.${verb}`, input }, async (work) => {
    const before = existing(await taskLock(work, input.id), 'task');
    await ctx.services.tasks[verb](work, input.id);
    work.log({
      resource: { kind: 'task', id: before.id, name: before.targetName },
      taskId: before.id,
      details: { kind: before.kind, target: before.targetId },
    });
    return taskShape(existing(await taskById(work.tx, input.id), 'task'));
  });
}
