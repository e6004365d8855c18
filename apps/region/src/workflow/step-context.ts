/** What a running step is given: deadline and cancellation in one signal, repeatable calls, progress. */
import { BasaltError, type OperationId } from '@basalt/contract';
import { derivedId } from '@basalt/service';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Services } from './services.ts';
import type { StepContext } from './task-define.ts';
import type { TaskJournal } from './task-journal.ts';

/** What did not answer may still have happened: asked again under the same operation id. */
const unanswered = new Set(['agentUnreachable', 'agentTimedOut', 'timedOut', 'unavailable']);
const PROGRESS_EVERY = 500;

export interface StepScope {
  readonly index: number;
  readonly key: string;
  /** Goes into operation ids: `run`, or `undo` with its number, because an undo that failed is tried anew. */
  readonly phase: string;
  readonly signal: AbortSignal;
  /** Epoch milliseconds at which the step must have ended. */
  readonly until: number;
}

export interface OpenStep<I> {
  readonly ctx: StepContext<I>;
  /** Waits for progress that is still being written. */
  settle(): Promise<void>;
}

export function stepOpen<I>(journal: TaskJournal, services: Services, input: I, scope: StepScope): OpenStep<I> {
  const { task } = journal.claim;
  let reported = 0;
  let writing: Promise<void> = Promise.resolve();

  async function ensure<T>(
    what: string,
    call: (head: { operationId: OperationId; deadline: string }) => Promise<T>,
    patience = 20_000,
  ): Promise<T> {
    const end = Math.min(Date.now() + patience, scope.until);
    for (let generation = 0, tries = 1; ; tries += 1) {
      scope.signal.throwIfAborted();
      const operationId = derivedId<OperationId>(
        task.id,
        String(task.attempt),
        scope.key,
        scope.phase,
        what,
        String(generation),
      );
      try {
        return await call({ operationId, deadline: new Date(scope.until).toISOString() });
      } catch (error) {
        const wait = Math.min(200 * 2 ** (tries - 1), 2_000) * (0.75 + Math.random() / 2);
        if (!(error instanceof BasaltError) || !error.retryable || Date.now() + wait > end) throw error;
        if (!unanswered.has(error.code)) generation += 1;
        await journal.log(scope.key, 'warn', `${what}: ${error.text(task.locale)}`);
        await sleep(wait, undefined, { signal: scope.signal });
      }
    }
  }

  return {
    settle: () => writing,
    ctx: {
      taskId: task.id,
      input,
      actor: task.actor,
      services,
      signal: scope.signal,
      ensure,
      progress(share, detail) {
        if (Date.now() - reported < PROGRESS_EVERY) return;
        reported = Date.now();
        writing = writing.then(() => journal.progress(scope.index, share, detail)).catch(() => undefined);
      },
      log: (level, text) => journal.log(scope.key, level, text),
      transact: (body) => journal.transact((work) => body(work)),
    },
  };
}
