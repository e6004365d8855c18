/**
 * THE FOUR: what every task must survive. It works; it unwinds after a failure at every step; it unwinds when every undo
 * runs twice; it works when every step runs twice. Each ends with a look at everything there is — database, hosts,
 * network, storage — because what is left behind by a failure is found by nobody else.
 */
import type { TaskId } from '@basalt/contract';
import type { Json, StepContext, StepDefinition, TaskDefinition } from './task-define.ts';
import { taskRegistry, type TaskRegistry } from './task-registry.ts';

/** What a test does to a task: wraps the definition, leaves the rest of the world alone. */
export interface Disturbance {
  /** Fails after the step has done its work, as a process does that dies before it could say so. */
  readonly failAfter?: string;
  readonly repeatSteps?: boolean;
  readonly repeatUndos?: boolean;
}

class InjectedError extends Error {
  override readonly name = 'InjectedError';
}

function disturb<I>(step: StepDefinition<I>, { failAfter, repeatSteps, repeatUndos }: Disturbance): StepDefinition<I> {
  const run = async (ctx: StepContext<I>): Promise<Json | void> => {
    const output = await step.run(ctx);
    const again = repeatSteps ? await step.run(ctx) : output;
    if (failAfter === step.key) throw new InjectedError(`after ${step.key}`);
    return again;
  };
  if (!('undo' in step)) return { ...step, run };
  return {
    ...step,
    run,
    async undo(ctx, output) {
      await step.undo(ctx, output);
      if (repeatUndos) await step.undo(ctx, output);
    },
  };
}

export const disturbed = <I>(definition: TaskDefinition<I>, how: Disturbance): TaskDefinition<I> => ({
  ...definition,
  steps: definition.steps.map((step) => disturb(step, how)),
});

/** A registry whose definitions can be changed under a running engine, one test after another. */
export interface TestRegistry extends TaskRegistry {
  disturb(kind: string, how: Disturbance | null): void;
}

export function testRegistry(definitions: readonly TaskDefinition<unknown>[]): TestRegistry {
  const plain = taskRegistry(definitions);
  const changes = new Map<string, Disturbance>();
  return {
    kinds: plain.kinds,
    get(kind) {
      const how = changes.get(kind);
      return how ? disturbed(plain.get(kind), how) : plain.get(kind);
    },
    disturb(kind, how) {
      if (how) changes.set(kind, how);
      else changes.delete(kind);
    },
  };
}

/** One task under test, as its test file describes it. */
export interface Scenario<S> {
  readonly registry: TestRegistry;
  /** Makes what the task is about and asks for it; as the domain does, in one transaction. */
  readonly begin: () => Promise<{ readonly taskId: TaskId; readonly subject: S }>;
  /** Runs until the task is at an end; its state then. */
  readonly ended: (taskId: TaskId) => Promise<string>;
  /** Everything is as a success leaves it. */
  readonly succeeded: (subject: S) => Promise<void>;
  /** Nothing is left that a failure must not leave. */
  readonly clean: (subject: S) => Promise<void>;
}

/** The way a test runner declares tests; so that this file needs none. */
type Declare = (title: string, run: () => Promise<void>) => void;
type Same = (actual: unknown, expected: unknown) => void;

/** Declares the four for one task. */
export function theFour<S>(
  declare: Declare,
  same: Same,
  id: string,
  definition: TaskDefinition<unknown>,
  make: () => Scenario<S>,
): void {
  const attempt = async (how: Disturbance | null, end: string): Promise<S> => {
    const { registry, begin, ended } = make();
    registry.disturb(definition.kind, how);
    try {
      const { taskId, subject } = await begin();
      same(await ended(taskId), end);
      return subject;
    } finally {
      registry.disturb(definition.kind, null);
    }
  };
  declare(`[${id}] ${definition.kind} works`, async () => make().succeeded(await attempt(null, 'succeeded')));
  declare(`[${id}] ${definition.kind} works with every step run twice`, async () =>
    make().succeeded(await attempt({ repeatSteps: true }, 'succeeded')),
  );
  for (const step of definition.steps) {
    declare(`[${id}] ${definition.kind} unwinds when ${step.key} fails after its work`, async () =>
      make().clean(await attempt({ failAfter: step.key }, 'failed')),
    );
    declare(`[${id}] ${definition.kind} unwinds with every undo run twice when ${step.key} fails`, async () =>
      make().clean(await attempt({ failAfter: step.key, repeatUndos: true }, 'failed')),
    );
  }
}
