/** What the power tasks have in common: one VM, a state it ends in, a state it falls back to. */
import { z } from 'zod';
import { vmId, type VmState } from '@basalt/contract';
import type { StepDefinition, TaskDefinition } from '../workflow/task-define.ts';
import { taskDefine } from '../workflow/task-define.ts';
import { vmUnwound, type OneVm } from './vm-steps.ts';
import { vmTransition } from './vm-transition.ts';

export const oneVmInput = z.object({ vmId });

/** Writes the end down. A guest that got there first by itself has been noticed already; that is as good. */
export const finishStep = <I extends OneVm>(
  from: readonly VmState[],
  to: VmState,
  event: string,
  set: (input: I) => NonNullable<Parameters<typeof vmTransition>[1]['set']> = () => ({}),
): StepDefinition<I> => ({
  key: 'finish',
  noUndo: 'only writes down what is',
  async run(ctx) {
    await ctx.transact((work) =>
      vmTransition(work, {
        vmId: ctx.input.vmId,
        from: [...from, to],
        to,
        taskId: ctx.taskId,
        event: { type: event },
        set: set(ctx.input),
      }),
    );
  },
});

/** A task on a VM that needs no other input. */
export const powerTask = (options: {
  readonly kind: string;
  readonly steps: readonly StepDefinition<OneVm>[];
  /** Where the VM is while it runs, besides states that facts may have brought it to. */
  readonly during: readonly VmState[];
  readonly fallback: VmState;
  readonly cancellable?: boolean;
  /** Milliseconds. */
  readonly deadline?: number;
}): TaskDefinition<OneVm> =>
  taskDefine<OneVm>({
    kind: options.kind,
    input: oneVmInput,
    steps: options.steps,
    cancellable: options.cancellable ?? false,
    deadline: options.deadline ?? 3 * 60_000,
    unwound: vmUnwound(options.fallback, options.during),
  });
