/** The guest's processors stand still; its memory stays where it is. */
import { finishStep, powerTask } from './vm-power.ts';
import { vmHead, vmOnHost } from './vm-steps.ts';

export const vmPause = powerTask({
  kind: 'vm.pause',
  during: ['running', 'paused'],
  fallback: 'running',
  steps: [
    {
      key: 'pause',
      async run(ctx) {
        const { vm, agent } = await vmOnHost(ctx);
        await ctx.ensure('pause', (head) => agent.domain.ensurePaused(vmHead(vm, head)));
      },
      async undo(ctx) {
        const { vm, agent } = await vmOnHost(ctx);
        await ctx.ensure('resume', (head) => agent.domain.ensureResumed(vmHead(vm, head)));
      },
    },
    finishStep(['running', 'unknown'], 'paused', 'vm.paused'),
  ],
});
