/** Waiting for what was accepted and goes on as a task. */
import type { TaskDetail } from '@basalt/contract';
import type { Client } from './client.ts';

export interface WaitOptions {
  readonly region?: string;
  /** Called whenever the task has moved. */
  readonly onProgress?: (task: TaskDetail) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds after which to stop waiting; the task goes on. Default: 30 minutes. */
  readonly timeout?: number;
  /** Milliseconds between looks; default 500. */
  readonly interval?: number;
}

/** A task that did not succeed; `task.error` tells why. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly task: TaskDetail;

  constructor(task: TaskDetail) {
    super(task.error?.message ?? `the task ${task.id} is ${task.state}`);
    this.task = task;
  }
}

const isOver = ({ state }: TaskDetail): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled' || state === 'parked';

/**
 * The task once it has succeeded.
 * @throws TaskError when it failed, was cancelled or is parked; DOMException TimeoutError when the time is over.
 */
export async function waitForTask(client: Client, id: string, options: WaitOptions = {}): Promise<TaskDetail> {
  const { onProgress, timeout = 1_800_000, interval = 500 } = options;
  const region = options.region ?? client.options.region;
  if (region === undefined) throw new TypeError('region is missing');
  const end = Date.now() + timeout;
  let seen = '';
  for (;;) {
    options.signal?.throwIfAborted();
    const task = await client.task.get({ region, id }, options.signal ? { signal: options.signal } : {});
    const now = `${task.state} ${task.progress} ${task.currentStep ?? ''}`;
    if (now !== seen) onProgress?.(task);
    seen = now;
    if (task.state === 'succeeded') return task;
    if (isOver(task)) throw new TaskError(task);
    if (Date.now() > end) throw new DOMException(`the task ${id} is still ${task.state}`, 'TimeoutError');
    await new Promise((resolve) => {
      setTimeout(resolve, interval);
    });
  }
}

/** Ids of the tasks that an answer speaks of, wherever they stand in it. */
export function taskIdsOf(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.flatMap(taskIdsOf);
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]: [string, unknown]) =>
    name === 'taskId' && typeof value === 'string' ? [value] : taskIdsOf(value),
  );
}
