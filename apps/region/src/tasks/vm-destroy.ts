/** For good: domain, disks, ports and addresses go, in the order in which nothing can still use what goes next. */
import { eq } from 'drizzle-orm';
import { BasaltError } from '@basalt/contract';
import { addressesRelease } from '../store/address.ts';
import { disks, nics } from '../store/schema/index.ts';
import { powerTask } from './vm-power.ts';
import { disksUnmake, domainRemove, portsUnmake } from './vm-steps.ts';
import { vmTransition } from './vm-transition.ts';

const gone = 'what has been destroyed cannot be brought back; trying again goes on';

export const vmDestroy = powerTask({
  kind: 'recycleBin.destroy',
  during: ['deleting'],
  fallback: 'deleted',
  deadline: 10 * 60_000,
  steps: [
    {
      key: 'undefine',
      noUndo: gone,
      async run(ctx) {
        try {
          await domainRemove(ctx);
        } catch (error) {
          if (!(error instanceof BasaltError) || error.code !== 'agentUnreachable') throw error;
          // it was undefined on its way to the recycle bin; a host that is gone keeps nobody from emptying it
          await ctx.log('warn', error.text('en-US'));
        }
      },
    },
    { key: 'deleteDisk', deadline: 5 * 60_000, noUndo: gone, run: disksUnmake },
    { key: 'networkPort', noUndo: gone, run: portsUnmake },
    {
      key: 'finish',
      noUndo: gone,
      async run(ctx) {
        const { vmId } = ctx.input;
        await ctx.transact(async (work) => {
          const row = await vmTransition(work, {
            vmId,
            from: ['deleting'],
            to: 'destroyed',
            taskId: ctx.taskId,
            event: { type: 'vm.destroyed' },
            set: { destroyedAt: new Date(), passwordSealed: null, guest: null },
          });
          if (!row) return;
          await addressesRelease(work.tx, vmId);
          await work.tx.delete(nics).where(eq(nics.vmId, vmId));
          await work.tx.delete(disks).where(eq(disks.vmId, vmId));
        });
      },
    },
  ],
});
