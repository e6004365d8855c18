/**
 * What a task writes about itself. Every write names the fencing token the process got when it took the task up; a process
 * that was thought dead and comes back holds an older one and is refused, so that it can neither overwrite nor finish what
 * another has taken over.
 */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { ErrorShape, TaskId } from '@basalt/contract';
import type { Database } from '../store/database.ts';
import { taskLogs, tasks, taskSteps } from '../store/schema/index.ts';
import type { TaskRow } from '../store/task.ts';
import { transact, type Work } from '../store/transact.ts';
import { operationsEnd } from '../store/operation-log.ts';
import { databasePatient } from './database-patience.ts';
import type { Json } from './task-define.ts';

/** Another process has taken the task over; this one must stop without a trace. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

export interface Claim {
  readonly task: TaskRow;
  readonly token: number;
}

export type StepRow = typeof taskSteps.$inferSelect;
type StepChange = Partial<Pick<StepRow, 'state' | 'detail' | 'error' | 'output'>> & { readonly ended?: boolean };

/** Takes the task up, or says null when there is nothing left to do in this attempt. */
export async function taskClaim(db: Database, id: TaskId, attempt: number, executor: string): Promise<Claim | null> {
  return transact(db, async (work) => {
    const [task] = await work.tx
      .update(tasks)
      .set({
        executor,
        fencingToken: sql`coalesce(${tasks.fencingToken}, 0) + 1`,
        heartbeatAt: sql`now()`,
        startedAt: sql`coalesce(${tasks.startedAt}, now())`,
        state: sql`case when ${tasks.state} = 'queued' then 'running' else ${tasks.state} end`,
      })
      .where(and(eq(tasks.id, id), eq(tasks.attempt, attempt), sql`${tasks.state} in ('queued', 'running', 'undoing')`))
      .returning();
    if (!task) return null;
    work.changed('task', id);
    return { task, token: task.fencingToken ?? 0 };
  });
}

export class TaskJournal {
  readonly #db: Database;
  readonly claim: Claim;
  readonly #stepCount: number;

  constructor(db: Database, claim: Claim, stepCount: number) {
    this.#db = db;
    this.claim = claim;
    this.#stepCount = stepCount;
  }

  get #id(): TaskId {
    return this.claim.task.id;
  }

  /** A transaction of the task's holder. @throws FencedError when that is another by now. */
  transact<T>(body: (work: Work, held: { readonly cancelRequested: boolean }) => Promise<T>): Promise<T> {
    return databasePatient(() =>
      transact(this.#db, async (work) => {
        const [held] = await work.tx
          .update(tasks)
          .set({ heartbeatAt: sql`now()` })
          .where(and(eq(tasks.id, this.#id), eq(tasks.fencingToken, this.claim.token)))
          .returning({ cancelRequested: tasks.cancelRequested });
        if (!held) throw new FencedError(`task ${this.#id} was taken over`);
        return body(work, held);
      }),
    );
  }

  /** False when the task is to be cancelled instead. */
  stepBegin(index: number, key: string): Promise<boolean> {
    return this.transact((work, held) => this.#begin(work, held, index, key));
  }

  /** The end of one step and, when there is a next one and no cancellation, its beginning: true then. */
  stepDone(index: number, output: Json, next: string | undefined): Promise<boolean> {
    return this.transact(async (work, held) => {
      await this.#stepSet(work, index, { state: 'done', output, ended: true }, false);
      work.changed('task', this.#id);
      return next === undefined ? false : this.#begin(work, held, index + 1, next);
    });
  }

  async #begin(work: Work, held: { readonly cancelRequested: boolean }, index: number, key: string): Promise<boolean> {
    if (held.cancelRequested) return false;
    await this.#stepSet(work, index, { state: 'running', detail: null, error: null }, true);
    await work.tx
      .update(tasks)
      .set({ currentStep: key, progress: index / this.#stepCount })
      .where(eq(tasks.id, this.#id));
    work.changed('task', this.#id);
    return true;
  }

  /** A change of one step; `begun` counts it as an attempt. */
  stepChange(index: number, change: StepChange, begun = false): Promise<void> {
    return this.transact(async (work) => {
      await this.#stepSet(work, index, change, begun);
      work.changed('task', this.#id);
    });
  }

  /** The whole task goes backwards from here; `error` is what made it. */
  unwindBegin(error: ErrorShape): Promise<void> {
    return this.transact(async (work) => {
      await work.tx.update(tasks).set({ state: 'undoing', error }).where(eq(tasks.id, this.#id));
      await work.tx
        .update(taskSteps)
        .set({ state: 'skipped' })
        .where(and(eq(taskSteps.taskId, this.#id), eq(taskSteps.state, 'pending')));
      work.changed('task', this.#id);
    });
  }

  /** Share of the present step and what it is at. */
  progress(index: number, share: number, detail: string | undefined): Promise<void> {
    return this.transact(async (work) => {
      await work.tx
        .update(tasks)
        .set({ progress: (index + Math.min(Math.max(share, 0), 1)) / this.#stepCount })
        .where(eq(tasks.id, this.#id));
      if (detail !== undefined) await this.#stepSet(work, index, { detail }, false);
      work.changed('task', this.#id);
    });
  }

  log(step: string | null, level: 'info' | 'warn' | 'error', text: string): Promise<void> {
    return this.transact(async (work) => {
      await work.tx.insert(taskLogs).values({ taskId: this.#id, step, level, text: text.slice(0, 4000) });
      work.changed('task', this.#id);
    });
  }

  /** The end, with what settles the target, in one transaction. */
  finish(
    state: 'succeeded' | 'failed' | 'cancelled' | 'parked',
    settle?: (work: Work) => Promise<void>,
  ): Promise<void> {
    return this.transact(async (work) => {
      await settle?.(work);
      const [ended] = await work.tx
        .update(tasks)
        .set({
          state,
          finishedAt: sql`now()`,
          executor: null,
          currentStep: null,
          ...(state === 'succeeded' ? { progress: 1 } : {}),
        })
        .where(eq(tasks.id, this.#id))
        .returning({ error: tasks.error });
      await operationsEnd(work, this.#id, state, ended?.error ?? null);
      work.changed('task', this.#id);
    });
  }

  steps(): Promise<StepRow[]> {
    return this.#db.select().from(taskSteps).where(eq(taskSteps.taskId, this.#id)).orderBy(asc(taskSteps.index));
  }

  async #stepSet(work: Work, index: number, { ended, ...change }: StepChange, begun: boolean): Promise<void> {
    await work.tx
      .update(taskSteps)
      .set({
        ...change,
        ...(begun
          ? { attempts: sql`${taskSteps.attempts} + 1`, startedAt: sql`coalesce(${taskSteps.startedAt}, now())` }
          : {}),
        ...(ended ? { finishedAt: sql`now()` } : {}),
      })
      .where(and(eq(taskSteps.taskId, this.#id), eq(taskSteps.index, index)));
  }
}

/** JSON as a step gives it; nothing counts as null. */
export const outputOf = (value: Json | void): Json => (value === undefined ? null : value);
