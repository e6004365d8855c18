/** Tasks of one request fold into one line of the tray: many of one kind by one person within a few seconds. */
import type { Task } from '@basalt/contract';

const together = 5000;

export interface TaskGroup {
  key: string;
  /** Newest first; one when nothing was folded. */
  tasks: readonly [Task, ...Task[]];
}

const sameRequest = (a: Task, b: Task): boolean =>
  a.kind === b.kind &&
  a.actor.id === b.actor.id &&
  a.parentId === b.parentId &&
  Math.abs(Date.parse(a.createdAt) - Date.parse(b.createdAt)) <= together;

/** Folds neighbours, which come newest first, and keeps their order. */
export function groupTasks(tasks: readonly Task[]): TaskGroup[] {
  const groups: [Task, ...Task[]][] = [];
  for (const task of tasks) {
    const last = groups.at(-1);
    const neighbour = last?.at(-1);
    if (last && neighbour && sameRequest(neighbour, task)) last.push(task);
    else groups.push([task]);
  }
  return groups.map((group) => ({ key: group[0].id, tasks: group }));
}

/** What a group is as a whole: running while one runs, failed when one failed. */
export function groupState(tasks: readonly Task[]): { done: number; failed: number; active: number; progress: number } {
  const active = tasks.filter((task) => task.finishedAt === null).length;
  const done = tasks.filter((task) => task.state === 'succeeded').length;
  return {
    done,
    active,
    failed: tasks.filter((task) => task.state === 'failed' || task.state === 'parked').length,
    progress:
      tasks.reduce((sum, task) => sum + (task.finishedAt === null ? task.progress : 1), 0) / Math.max(1, tasks.length),
  };
}
