/** Durable tasks: what the operator follows, and from which any region process can go on after another's end. */
import { sql } from 'drizzle-orm';
import { bigserial, boolean, doublePrecision, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import type { AccountId, ErrorShape, Locale, TaskId, TaskState, taskStepState } from '@basalt/contract';
import type { z } from 'zod';
import { bytes, id, instant } from './columns.ts';

/** Who asked. `system` for the region's own. No permissions: they were asked at the door. */
export interface TaskActor {
  readonly id: AccountId | 'system';
  readonly name: string;
  readonly address: string | null;
}

export const tasks = pgTable(
  'tasks',
  {
    id: id<TaskId>('id').primaryKey(),
    /** For example `vm.create`. */
    kind: text('kind').notNull(),
    state: text('state').$type<TaskState>().notNull().default('queued'),
    targetKind: text('target_kind').notNull(),
    targetId: text('target_id').notNull(),
    targetName: text('target_name').notNull(),
    parentId: id<TaskId>('parent_id'),
    /** Ids and numbers; never a secret. */
    input: jsonb('input').$type<Record<string, unknown>>().notNull(),
    actor: jsonb('actor').$type<TaskActor>().notNull(),
    locale: text('locale').$type<Locale>().notNull().default('zh-CN'),
    requestId: text('request_id'),
    /** 0–1. */
    progress: doublePrecision('progress').notNull().default(0),
    currentStep: text('current_step'),
    cancellable: boolean('cancellable').notNull().default(false),
    cancelRequested: boolean('cancel_requested').notNull().default(false),
    error: jsonb('error').$type<ErrorShape>(),
    /** Which try this is, from 1; grows with retry. */
    attempt: integer('attempt').notNull().default(1),
    /** Process that is at work on it, and the fencing token it holds. */
    executor: text('executor'),
    fencingToken: bytes('fencing_token'),
    heartbeatAt: instant('heartbeat_at'),
    deadlineAt: instant('deadline_at').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
  },
  (t) => [
    index('tasks_by_created').on(t.createdAt, t.id),
    index('tasks_active')
      .on(t.state, t.createdAt)
      .where(sql`state in ('queued', 'running', 'undoing', 'parked')`),
    index('tasks_target').on(t.targetId, t.createdAt),
    index('tasks_parent')
      .on(t.parentId)
      .where(sql`parent_id is not null`),
  ],
);

export const taskSteps = pgTable(
  'task_steps',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    taskId: id<TaskId>('task_id')
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    index: integer('index').notNull(),
    key: text('key').notNull(),
    state: text('state').$type<z.infer<typeof taskStepState>>().notNull().default('pending'),
    attempts: integer('attempts').notNull().default(0),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    detail: text('detail'),
    error: jsonb('error').$type<ErrorShape>(),
    /** What the step gave to later ones and to its undo. */
    output: jsonb('output'),
  },
  (t) => [unique('task_steps_index').on(t.taskId, t.index)],
);

export const taskLogs = pgTable(
  'task_logs',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    taskId: id<TaskId>('task_id')
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    at: instant('at').notNull().defaultNow(),
    step: text('step'),
    level: text('level').$type<'info' | 'warn' | 'error'>().notNull(),
    text: text('text').notNull(),
  },
  (t) => [index('task_logs_task').on(t.taskId, t.id)],
);

/** Named leases: one holder at a time, and a token that grows with every change of holder, for fencing its writes. */
export const LEADER_LEASE = 'leader';
export const leases = pgTable('leases', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  token: bytes('token').notNull(),
  expiresAt: instant('expires_at').notNull(),
});
