/** Tasks as rows: reading them for the operator, and inserting what a domain function has decided. */
import { and, asc, count, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Locale, Task, TaskDetail, TaskId, TaskState } from '@basalt/contract';
import { newId } from '@basalt/service';
import type { Reader } from './database.ts';
import { taskLogs, tasks, taskSteps, type TaskActor } from './schema/index.ts';
import { kindsTriedAgain } from './task-inputs.ts';
import type { Reach } from '../domain/rights.ts';
import { taskReach } from './reach.ts';
import type { Work } from './transact.ts';

export type TaskRow = typeof tasks.$inferSelect;
/** Not at an end; `parked` waits for somebody. */
export const activeStates = ['queued', 'running', 'undoing', 'parked'] as const satisfies readonly TaskState[];

export interface TaskInput {
  readonly kind: string;
  readonly target: { readonly kind: string; readonly id: string; readonly name: string };
  /** Ids and numbers; never a secret. */
  readonly input: Record<string, unknown>;
  readonly actor: TaskActor;
  readonly locale: Locale;
  readonly requestId?: string | null;
  readonly parentId?: TaskId | null;
  readonly cancellable: boolean;
  /** Seconds until it must have ended. */
  readonly deadline: number;
  /** Keys of its steps in order. */
  readonly steps: readonly string[];
}

export async function taskInsert(work: Work, task: TaskInput): Promise<TaskId> {
  const id = newId<TaskId>();
  await work.tx.insert(tasks).values({
    id,
    kind: task.kind,
    targetKind: task.target.kind,
    targetId: task.target.id,
    targetName: task.target.name,
    input: task.input,
    actor: task.actor,
    locale: task.locale,
    requestId: task.requestId ?? null,
    parentId: task.parentId ?? null,
    cancellable: task.cancellable,
    deadlineAt: new Date(Date.now() + task.deadline * 1000),
  });
  if (task.steps.length > 0)
    await work.tx.insert(taskSteps).values(task.steps.map((key, index) => ({ taskId: id, index, key })));
  work.changed('task', id, 'created');
  return id;
}

export const taskShape = (row: TaskRow): Task => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
  parentId: row.parentId,
  progress: row.progress,
  currentStep: row.currentStep,
  cancellable: row.cancellable && !row.cancelRequested && (row.state === 'queued' || row.state === 'running'),
  retryable: row.state === 'parked' || (row.state === 'failed' && kindsTriedAgain.has(row.kind)),
  actor: row.actor,
  error: row.error,
  createdAt: row.createdAt.toISOString(),
  startedAt: row.startedAt?.toISOString() ?? null,
  finishedAt: row.finishedAt?.toISOString() ?? null,
});

export async function taskById(db: Reader, id: TaskId): Promise<TaskRow | null> {
  const [row] = await db.select().from(tasks).where(eq(tasks.id, id));
  return row ?? null;
}

export async function taskLock(work: Work, id: TaskId): Promise<TaskRow | null> {
  const [row] = await work.tx.select().from(tasks).where(eq(tasks.id, id)).for('update');
  return row ?? null;
}

/** The newest active task of each target, for lists that show progress. */
export async function tasksActiveOf(db: Reader, targetIds: readonly string[]): Promise<Map<string, TaskRow>> {
  if (targetIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(tasks)
    .where(and(inArray(tasks.targetId, [...targetIds]), inArray(tasks.state, [...activeStates])))
    .orderBy(asc(tasks.createdAt), asc(tasks.id));
  return new Map(rows.map((row) => [row.targetId, row]));
}

export async function taskDetail(db: Reader, row: TaskRow): Promise<TaskDetail> {
  const [steps, log, children] = await Promise.all([
    db.select().from(taskSteps).where(eq(taskSteps.taskId, row.id)).orderBy(asc(taskSteps.index)),
    db.select().from(taskLogs).where(eq(taskLogs.taskId, row.id)).orderBy(desc(taskLogs.id)).limit(1000),
    db.select().from(tasks).where(eq(tasks.parentId, row.id)).orderBy(asc(tasks.createdAt)).limit(200),
  ]);
  return {
    ...taskShape(row),
    steps: steps.map((step) => ({
      index: step.index,
      key: step.key,
      state: step.state,
      attempts: step.attempts,
      startedAt: step.startedAt?.toISOString() ?? null,
      finishedAt: step.finishedAt?.toISOString() ?? null,
      detail: step.detail,
      error: step.error,
    })),
    log: log.toReversed().map((line) => ({
      at: line.at.toISOString(),
      step: line.step,
      level: line.level,
      text: line.text,
    })),
    children: children.map(taskShape),
  };
}

export interface TaskFilter {
  readonly state?: readonly TaskState[] | undefined;
  readonly targetId?: string | undefined;
  readonly kind?: string | undefined;
  readonly actorId?: string | undefined;
  readonly active?: boolean | undefined;
  readonly search?: string | undefined;
  readonly reach: Reach;
}

export async function taskPage(
  db: Reader,
  filter: TaskFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ rows: TaskRow[]; total: number }> {
  const where = and(
    filter.state ? inArray(tasks.state, [...filter.state]) : undefined,
    filter.active === undefined
      ? undefined
      : filter.active
        ? inArray(tasks.state, [...activeStates])
        : sql`${tasks.state} not in ('queued', 'running', 'undoing', 'parked')`,
    filter.targetId ? eq(tasks.targetId, filter.targetId) : undefined,
    filter.kind ? eq(tasks.kind, filter.kind) : undefined,
    taskReach(filter.reach),
    filter.actorId ? sql`${tasks.actor}->>'id' = ${filter.actorId}` : undefined,
    filter.search
      ? sql`(strpos(lower(${tasks.targetName}), lower(${filter.search})) > 0 or ${tasks.id}::text = lower(${filter.search}))`
      : undefined,
  );
  const [rows, [counted]] = await Promise.all([
    db
      .select()
      .from(tasks)
      .where(where)
      .orderBy(desc(tasks.createdAt), desc(tasks.id))
      .limit(page.limit)
      .offset(page.offset),
    db.select({ total: count() }).from(tasks).where(where),
  ]);
  return { rows, total: counted?.total ?? 0 };
}
