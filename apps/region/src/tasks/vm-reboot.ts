/** Asks the guest to boot anew. It tells nobody when it has; the request is all there is to wait for. */
import { finishStep, powerTask } from './vm-power.ts';
import { vmHead, vmOnHost } from './vm-steps.ts';

export const vmReboot = powerTask({
  kind: 'vm.reboot',
  during: ['rebooting'],
  // the guest goes on as it was when the request does not reach it
  fallback: 'running',
  steps: [
    {
      key: 'request',
      noUndo: 'a button cannot be unpressed',
      async run(ctx) {
        const { vm, agent } = await vmOnHost(ctx);
        await ctx.ensure('request', (head) => agent.domain.requestReboot(vmHead(vm, head)));
      },
    },
    finishStep(['rebooting', 'unknown'], 'running', 'vm.rebooted'),
  ],
});
