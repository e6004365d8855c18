/**
 * The power button, and then patience: the guest decides. When the time is over the power is cut if that was asked for,
 * else the task fails and says so, and the VM runs on.
 */
import { z } from 'zod';
import { BasaltError, both, vmId } from '@basalt/contract';
import { taskDefine } from '../workflow/task-define.ts';
import { finishStep } from './vm-power.ts';
import { domainAwait, domainOff, vmHead, vmOnHost, vmUnwound } from './vm-steps.ts';

const input = z.object({ vmId, timeout: z.int().min(1).max(3600), thenPowerOff: z.boolean() });
type Input = z.infer<typeof input>;

/** A press that falls into firmware or boot loader is lost, so a guest that goes on is asked again. */
const PRESS_AGAIN_MS = 15_000;

export const vmShutdown = taskDefine<Input>({
  kind: 'vm.shutdown',
  input,
  cancellable: true,
  deadline: 3_900_000,
  steps: [
    {
      key: 'request',
      noUndo: 'a button cannot be unpressed; the guest may still shut down',
      async run(ctx) {
        const { vm, agent } = await vmOnHost(ctx);
        await ctx.ensure('request', (head) => agent.domain.requestShutdown(vmHead(vm, head)));
      },
    },
    {
      key: 'wait',
      deadline: 3_700_000,
      noUndo: 'a guest that has ended is started again by its operator',
      async run(ctx) {
        const { timeout, thenPowerOff } = ctx.input;
        const { vm, agent } = await vmOnHost(ctx);
        const end = Date.now() + timeout * 1000;
        let off: Awaited<ReturnType<typeof domainAwait>> = null;
        for (let press = 1; !off && Date.now() < end; press += 1) {
          off = await domainAwait(ctx, ['shutoff', 'absent', 'crashed'], Math.min(end, Date.now() + PRESS_AGAIN_MS));
          if (!off && Date.now() < end)
            await ctx.ensure(`request-${press}`, (head) => agent.domain.requestShutdown(vmHead(vm, head)));
        }
        if (off?.state === 'shutoff') return { poweredOff: false };
        if (!off && !thenPowerOff)
          throw new BasaltError('actionRefused', {
            reason: both(
              `客户机未在 ${timeout} 秒内关机，可选择断电`,
              `The guest did not shut down within ${timeout} s; it can be powered off`,
            ),
          });
        await domainOff(ctx);
        return { poweredOff: true };
      },
    },
    finishStep<Input>(['stopping', 'running', 'unknown'], 'stopped', 'vm.shutDown', () => ({ desiredPower: 'off' })),
  ],
  unwound: vmUnwound('running', ['stopping']),
});
