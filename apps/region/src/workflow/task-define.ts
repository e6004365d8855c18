/**
 * What a task is: named steps, each with its undo beside it or the reason why it needs none. Definitions are data; how they
 * are run, journalled, resumed and unwound is the engine's business and the same for all of them.
 *
 * A step may run more than once (a process dies in its middle, an answer is lost), so it must be safe to repeat; so must an
 * undo, which is also called for the step that failed, with no output, because a failure does not mean that nothing happened.
 */
import type { BasaltError, Locale, OperationId, TaskId } from '@basalt/contract';
import type { z } from 'zod';
import type { TaskActor } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';
import type { Services } from './services.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Head of a call to an agent; see `ensureInput` of the contract. */
export interface EnsureHead {
  readonly operationId: OperationId;
  readonly deadline: string;
}

export interface StepContext<I> {
  readonly taskId: TaskId;
  readonly input: I;
  readonly actor: TaskActor;
  readonly services: Services;
  /** Aborted when the task is cancelled (not while undoing) and when the step's deadline passes. */
  readonly signal: AbortSignal;
  /**
   * Calls something with an operation id that comes out alike when the step is repeated after a crash. What cannot be
   * reached or does not answer is asked again under the same id until `patience` milliseconds have passed; what answers
   * with a retryable error is tried again under a fresh id.
   */
  ensure<T>(what: string, call: (head: EnsureHead) => Promise<T>, patience?: number): Promise<T>;
  /** Share of this step that is done, 0–1, and what it is doing, in the operator's terms. Cheap: written at most twice a second. */
  progress(share: number, detail?: string): void;
  /** A line in the task's log. */
  log(level: 'info' | 'warn' | 'error', text: string): Promise<void>;
  /** One transaction that is refused when another process has taken the task over. */
  transact<T>(work: (tx: Work) => Promise<T>): Promise<T>;
}

export type StepDefinition<I> = {
  readonly key: string;
  /** Milliseconds for one run, default 60 000. */
  readonly deadline?: number;
  run(ctx: StepContext<I>): Promise<Json | void>;
} & (
  | {
      /** Brings back what was before; `output` is null when the step did not finish. */
      undo(ctx: StepContext<I>, output: Json | null): Promise<void>;
    }
  | { readonly noUndo: string }
);

/** How a task ended that did not succeed; `parked` means that an undo kept failing and something may be left. */
export interface Unwound<I> {
  readonly taskId: TaskId;
  readonly input: I;
  readonly outcome: 'failed' | 'cancelled' | 'parked';
  readonly error: BasaltError;
  readonly locale: Locale;
}

export interface TaskDefinition<I> {
  /** Key of the operation table, for example `vm.create`. */
  readonly kind: string;
  readonly input: z.ZodType<I>;
  readonly steps: readonly StepDefinition<I>[];
  readonly cancellable: boolean;
  /** Milliseconds from enqueueing to the end, undo excepted. */
  readonly deadline: number;
  /** Settles the target in the transaction that ends the task: its state, its reason, what it held. */
  unwound?(tx: Work, end: Unwound<I>): Promise<void>;
  /**
   * Puts the target back into its transition for another attempt after a failure; throws BasaltError when that is not
   * possible. Tasks without it cannot be retried (a parked one can: its undo goes on).
   */
  retry?(tx: Work, input: I, taskId: TaskId): Promise<void>;
}

/** Checks what types cannot: unique step keys. */
export function taskDefine<I>(definition: TaskDefinition<I>): TaskDefinition<I> {
  const keys = new Set(definition.steps.map((step) => step.key));
  if (keys.size !== definition.steps.length || keys.size === 0)
    throw new Error(`${definition.kind}: steps must have keys of their own`);
  return definition;
}
