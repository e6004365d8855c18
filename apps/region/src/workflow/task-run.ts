/**
 * Runs one attempt of one task: forwards through its steps, and backwards through their undos when one of them fails or the
 * operator cancels. Each step is one durable step: once its result is recorded it does not run again, whichever process goes
 * on. A step's failure is a result like another (it never throws), so that a replay takes the same way back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BasaltError, type ErrorShape, type TaskId } from '@basalt/contract';
import { basaltErrorOf } from '@basalt/rpc';
import type { Services } from './services.ts';
import type { Json, StepDefinition, TaskDefinition } from './task-define.ts';
import { databasePatient } from './database-patience.ts';
import { FencedError, outputOf, taskClaim, TaskJournal } from './task-journal.ts';
import type { TaskRegistry } from './task-registry.ts';
import { stepOpen } from './step-context.ts';

/** What remembers results across processes; DBOS in production. */
export interface Durable {
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
}

export interface RunOptions {
  readonly services: Services;
  readonly registry: TaskRegistry;
  readonly executor: string;
  /** How often a failing undo is repeated before the task is parked, and the first wait (it doubles, at most 5 s). */
  readonly undoTries: number;
  readonly undoWait: number;
  /** Cancellation reaches a running step through this. */
  readonly running: Map<TaskId, AbortController>;
  /** Tests look at and disturb what happens between the steps here. */
  readonly probe?:
    | ((at: { kind: string; step: string; phase: 'before' | 'after' | 'undo' }) => Promise<void>)
    | undefined;
}

type StepResult =
  | { readonly kind: 'done'; readonly output: Json }
  | { readonly kind: 'failed'; readonly error: ErrorShape }
  | { readonly kind: 'cancelled' };

const STEP_DEADLINE = 60_000;
const UNDO_DEADLINE = 60_000;

/** Rejects when the signal aborts, so that a call that heeds no signal cannot hold the step. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

export async function taskRun(
  durable: Durable,
  options: RunOptions,
  id: TaskId,
  attempt: number,
  undoOnly: boolean,
): Promise<string> {
  const { services, registry, executor, running } = options;
  const claim = await taskClaim(services.db, id, attempt, executor);
  if (!claim) return 'nothing to do';
  const definition = registry.get(claim.task.kind);
  const journal = new TaskJournal(services.db, claim, definition.steps.length);
  const cancel = new AbortController();
  running.set(id, cancel);
  try {
    return await new Attempt(durable, options, definition, journal, cancel.signal).run(undoOnly);
  } finally {
    running.delete(id);
  }
}

class Attempt<I> {
  readonly #durable: Durable;
  readonly #options: RunOptions;
  readonly #definition: TaskDefinition<I>;
  readonly #journal: TaskJournal;
  readonly #cancel: AbortSignal;
  readonly #input: I;
  readonly #outputs = new Map<number, Json>();
  #begun = -1;

  constructor(
    durable: Durable,
    options: RunOptions,
    definition: TaskDefinition<I>,
    journal: TaskJournal,
    cancel: AbortSignal,
  ) {
    this.#durable = durable;
    this.#options = options;
    this.#definition = definition;
    this.#journal = journal;
    this.#cancel = cancel;
    this.#input = definition.input.parse(journal.claim.task.input);
  }

  async run(undoOnly: boolean): Promise<string> {
    const { steps } = this.#definition;
    if (undoOnly)
      return this.#unwind(steps.length - 1, 'failed', await this.#durable.step('restore', () => this.#restore()));
    for (const [index, step] of steps.entries()) {
      const result = await this.#durable.step(step.key, () => this.#stepRun(index, step));
      if (result.kind === 'done') this.#outputs.set(index, result.output);
      else if (result.kind === 'failed') return this.#unwind(index, 'failed', result.error);
      else return this.#unwind(index - 1, 'cancelled', this.#shape(new BasaltError('taskCancelled')));
    }
    await this.#durable.step('end', () => this.#journal.finish('succeeded'));
    return 'succeeded';
  }

  #shape(error: BasaltError): ErrorShape {
    const { locale, requestId } = this.#journal.claim.task;
    return error.shape(locale, requestId);
  }

  async #stepRun(index: number, step: StepDefinition<I>): Promise<StepResult> {
    const { services, probe } = this.#options;
    const { kind, deadlineAt } = this.#journal.claim.task;
    // the end of the step before has begun this one, unless another process ran that
    if (this.#begun !== index && !(await this.#journal.stepBegin(index, step.key))) return { kind: 'cancelled' };
    const until = Math.min(Date.now() + (step.deadline ?? STEP_DEADLINE), deadlineAt.getTime());
    const deadline = AbortSignal.timeout(Math.max(1, until - Date.now()));
    const signal = AbortSignal.any([deadline, this.#cancel]);
    const open = stepOpen(this.#journal, services, this.#input, { index, key: step.key, phase: 'run', signal, until });
    try {
      await probe?.({ kind, step: step.key, phase: 'before' });
      const output = outputOf(
        await orAborted(
          databasePatient(() => step.run(open.ctx), signal),
          signal,
        ),
      );
      await probe?.({ kind, step: step.key, phase: 'after' });
      await open.settle();
      const begun = await this.#journal.stepDone(index, output, this.#definition.steps[index + 1]?.key);
      if (begun) this.#begun = index + 1;
      return { kind: 'done', output };
    } catch (cause) {
      if (cause instanceof FencedError) throw cause;
      const found = this.#cancel.aborted
        ? new BasaltError('taskCancelled', {}, { cause })
        : deadline.aborted && !(cause instanceof BasaltError)
          ? new BasaltError('timedOut', {}, { cause })
          : basaltErrorOf(cause);
      services.log.warn({ task: this.#journal.claim.task.id, kind, step: step.key, error: cause }, 'step failed');
      const error = this.#shape(found);
      await open.settle();
      await this.#journal.stepChange(index, { state: 'failed', error, ended: true });
      return { kind: 'failed', error };
    }
  }

  async #unwind(from: number, outcome: 'failed' | 'cancelled', error: ErrorShape): Promise<string> {
    const ending = error.code === 'taskCancelled' ? 'cancelled' : outcome;
    await this.#durable.step('unwind', () => this.#journal.unwindBegin(error));
    for (let index = from; index >= 0; index -= 1) {
      const step = this.#definition.steps[index];
      if (!step || !('undo' in step)) continue;
      const undone = await this.#durable.step(`undo:${step.key}`, () => this.#stepUndo(index, step));
      if (undone) continue;
      await this.#durable.step('end', () => this.#settle('parked', error));
      return 'parked';
    }
    await this.#durable.step('end', () => this.#settle(ending, error));
    return ending;
  }

  /** False when it kept failing. */
  async #stepUndo(index: number, step: Extract<StepDefinition<I>, { undo: unknown }>): Promise<boolean> {
    const { services, probe, undoTries, undoWait } = this.#options;
    const { kind, attempt } = this.#journal.claim.task;
    const row = (await this.#journal.steps())[index];
    // never begun, or undone in an earlier attempt
    if (row && (row.state === 'undone' || row.state === 'pending' || row.state === 'skipped')) return true;
    for (let tries = 1; ; tries += 1) {
      await this.#journal.stepChange(index, { state: 'undoing' }, true);
      const until = Date.now() + UNDO_DEADLINE;
      const signal = AbortSignal.timeout(UNDO_DEADLINE);
      const phase = `undo ${attempt}.${(row?.attempts ?? 0) + tries}`;
      const open = stepOpen(this.#journal, services, this.#input, { index, key: step.key, phase, signal, until });
      try {
        await probe?.({ kind, step: step.key, phase: 'undo' });
        await orAborted(step.undo(open.ctx, this.#outputs.get(index) ?? (row?.output as Json) ?? null), signal);
        await open.settle();
        await this.#journal.stepChange(index, { state: 'undone', ended: true });
        return true;
      } catch (cause) {
        if (cause instanceof FencedError) throw cause;
        const error = this.#shape(basaltErrorOf(cause));
        services.log.error(
          { task: this.#journal.claim.task.id, kind, step: step.key, tries, error: cause },
          'undo failed',
        );
        await this.#journal.log(step.key, 'error', `${tries}/${undoTries}: ${error.message}`);
        if (tries >= undoTries) {
          await this.#journal.stepChange(index, { state: 'undoFailed', error, ended: true });
          return false;
        }
        await sleep(Math.min(undoWait * 2 ** (tries - 1), 5_000));
      }
    }
  }

  /** What made the task fail in its earlier attempt. */
  #restore(): Promise<ErrorShape> {
    return Promise.resolve(this.#journal.claim.task.error ?? this.#shape(new BasaltError('internal')));
  }

  #settle(outcome: 'failed' | 'cancelled' | 'parked', shape: ErrorShape): Promise<void> {
    const { id: taskId, locale } = this.#journal.claim.task;
    const error = BasaltError.fromShape(shape);
    return this.#journal.finish(outcome, async (work) =>
      this.#definition.unwound?.(work, { taskId, input: this.#input, outcome, error, locale }),
    );
  }
}
