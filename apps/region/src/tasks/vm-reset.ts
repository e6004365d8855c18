/** The reset button: the guest starts over at once, without being asked. */
import { finishStep, powerTask } from './vm-power.ts';
import { domainAwait, vmHead, vmOnHost } from './vm-steps.ts';

export const vmReset = powerTask({
  kind: 'vm.reset',
  during: ['rebooting', 'running'],
  fallback: 'error',
  steps: [
    {
      key: 'reset',
      noUndo: 'what was reset has started over',
      async run(ctx) {
        const { vm, agent } = await vmOnHost(ctx);
        const { domain } = await ctx.ensure('reset', (head) => agent.domain.reset(vmHead(vm, head)));
        // a paused guest is reset but does not run by itself
        if (domain.state === 'paused')
          await ctx.ensure('resume', (head) => agent.domain.ensureResumed(vmHead(vm, head)));
        await domainAwait(ctx, ['running', 'blocked'], Date.now() + 10_000);
      },
    },
    finishStep(['rebooting', 'paused', 'error', 'unknown'], 'running', 'vm.reset', () => ({ desiredPower: 'on' })),
  ],
});
