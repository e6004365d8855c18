/** A paused guest goes on. */
import { finishStep, powerTask } from './vm-power.ts';
import { vmHead, vmOnHost } from './vm-steps.ts';

export const vmResume = powerTask({
  kind: 'vm.resume',
  during: ['resuming', 'running'],
  fallback: 'paused',
  steps: [
    {
      key: 'resume',
      async run(ctx) {
        const { vm, agent } = await vmOnHost(ctx);
        await ctx.ensure('resume', (head) => agent.domain.ensureResumed(vmHead(vm, head)));
      },
      async undo(ctx) {
        const { vm, agent } = await vmOnHost(ctx);
        await ctx.ensure('pause', (head) => agent.domain.ensurePaused(vmHead(vm, head)));
      },
    },
    finishStep(['resuming', 'paused', 'unknown'], 'running', 'vm.resumed'),
  ],
});
