/** A stopped VM starts, where the transaction that asked has placed it; its former host forgets it first. */
import { z } from 'zod';
import { hostId, vmId } from '@basalt/contract';
import { hostById } from '../store/host.ts';
import { taskDefine } from '../workflow/task-define.ts';
import {
  disksMake,
  domainDefine,
  domainReady,
  domainOff,
  domainStart,
  portsMake,
  vmHead,
  vmOnHost,
  vmUnwound,
} from './vm-steps.ts';
import { hostAddress } from './vm-parts.ts';

const input = z.object({ vmId, formerHostId: hostId.nullable() });

export const vmStart = taskDefine<z.infer<typeof input>>({
  kind: 'vm.start',
  input,
  cancellable: true,
  deadline: 5 * 60_000,
  steps: [
    {
      key: 'place',
      noUndo: 'the room is given back by the transaction that ends the task',
      async run(ctx) {
        const { vm, host } = await vmOnHost(ctx);
        await ctx.log('info', `${host.name}, epoch ${vm.epoch}`);
        const former = ctx.input.formerHostId;
        if (former === null || former === host.id) return { hostId: host.id };
        const left = await hostById(ctx.services.db, former);
        if (left) {
          const agent = ctx.services.agents.client(hostAddress(left));
          await ctx.ensure('former host', (head) => agent.domain.ensureAbsent(vmHead(vm, head)));
        }
        return { hostId: host.id, former };
      },
    },
    { key: 'cloneDisk', noUndo: 'disks belong to the VM whether it runs or not', deadline: 120_000, run: disksMake },
    { key: 'networkPort', noUndo: 'ports belong to the VM whether it runs or not', run: portsMake },
    { key: 'define', noUndo: 'a stopped VM stays defined on its host', run: domainDefine },
    {
      key: 'start',
      deadline: 120_000,
      async run(ctx) {
        await domainStart(ctx);
      },
      undo: domainOff,
    },
    {
      key: 'ready',
      noUndo: 'only writes down what is',
      run: (ctx) => domainReady(ctx, 'vm.started'),
    },
  ],
  unwound: vmUnwound('stopped', ['starting', 'running', 'unknown', 'paused', 'stopped']),
});
