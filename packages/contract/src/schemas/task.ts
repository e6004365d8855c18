import { z } from 'zod';
import { taskId } from '../ids.ts';
import { errorShape } from '../errors.ts';
import { timestamp } from './common.ts';

export const taskState = z.enum(['queued', 'running', 'undoing', 'succeeded', 'failed', 'cancelled', 'parked']);
export type TaskState = z.infer<typeof taskState>;

export const taskStepState = z.enum([
  'pending',
  'running',
  'done',
  'failed',
  'undoing',
  'undone',
  'undoFailed',
  'skipped',
]);

export const taskStep = z.object({
  index: z.int(),
  /** Key of the step, for example `cloneDisk`; the console has its words under `task.step.<kind>.<key>`. */
  key: z.string(),
  state: taskStepState,
  attempts: z.int(),
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
  /** What it waits for or has found, in the operator's terms. */
  detail: z.string().nullable(),
  error: errorShape.nullable(),
});
export type TaskStep = z.infer<typeof taskStep>;

export const task = z.object({
  id: taskId,
  /** Kind, for example `vm.create`; the words are those of the operation table. */
  kind: z.string(),
  state: taskState,
  target: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  parentId: taskId.nullable(),
  /** 0–1; steps done by steps in all, with the present step's own progress where it tells. */
  progress: z.number(),
  currentStep: z.string().nullable(),
  cancellable: z.boolean(),
  retryable: z.boolean(),
  actor: z.object({ id: z.string(), name: z.string(), address: z.string().nullable() }),
  error: errorShape.nullable(),
  createdAt: timestamp,
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
});
export type Task = z.infer<typeof task>;

export const taskLogLine = z.object({
  at: timestamp,
  step: z.string().nullable(),
  level: z.enum(['info', 'warn', 'error']),
  text: z.string(),
});

export const taskDetail = task.extend({
  steps: z.array(taskStep),
  log: z.array(taskLogLine),
  children: z.array(task),
});
export type TaskDetail = z.infer<typeof taskDetail>;

/** What happened to a resource (EVT-01). */
export const resourceEvent = z.object({
  id: z.int(),
  at: timestamp,
  resource: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  /** For example `vm.started`, `vm.guestPoweredOff`, `host.unreachable`; words under `event.<type>` in the console. */
  type: z.string(),
  level: z.enum(['normal', 'warning', 'error']),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  taskId: taskId.nullable(),
});
export type ResourceEvent = z.infer<typeof resourceEvent>;
