/**
 * A VM is made: placed already, by the transaction that asked for it, so that nothing here competes for room or addresses.
 * place → disks → ports → definition → start → running. A failure leaves the row in `error` with its reason and its
 * addresses, and nothing in storage, network or on the host.
 */
import { z } from 'zod';
import { BasaltError, both, vmId } from '@basalt/contract';
import { allocationsTake } from '../store/allocation.ts';
import { hostById } from '../store/host.ts';
import { vmDisks, vmLock, vmUpdate } from '../store/vm.ts';
import { taskDefine } from '../workflow/task-define.ts';
import {
  disksMake,
  disksUnmake,
  domainDefine,
  domainReady,
  domainRemove,
  domainStart,
  portsMake,
  portsUnmake,
  vmOnHost,
  vmUnwound,
} from './vm-steps.ts';
import { diskStateSet } from './vm-parts.ts';
import { vmMustTransition } from './vm-transition.ts';

const input = z.object({ vmId, start: z.boolean() });

export const vmCreate = taskDefine<z.infer<typeof input>>({
  kind: 'vm.create',
  input,
  cancellable: true,
  deadline: 10 * 60_000,
  steps: [
    {
      key: 'place',
      noUndo: 'the room was taken by the asking transaction and is given back by the one that ends the task',
      async run(ctx) {
        const { host, vm } = await vmOnHost(ctx);
        await ctx.log('info', `${host.name}, epoch ${vm.epoch}`);
        return { hostId: host.id };
      },
    },
    { key: 'cloneDisk', deadline: 120_000, run: disksMake, undo: disksUnmake },
    { key: 'networkPort', run: portsMake, undo: portsUnmake },
    { key: 'define', run: domainDefine, undo: domainRemove },
    {
      key: 'start',
      deadline: 120_000,
      noUndo: 'the undo of the definition ends the domain too',
      async run(ctx) {
        if (!ctx.input.start) return { started: false };
        const domain = await domainStart(ctx);
        return { started: true, state: domain.state };
      },
    },
    {
      key: 'ready',
      noUndo: 'only writes down what is',
      async run(ctx) {
        if (ctx.input.start) return domainReady(ctx, 'vm.created');
        await ctx.transact((work) =>
          vmMustTransition(work, {
            vmId: ctx.input.vmId,
            from: ['creating', 'stopped'],
            to: 'stopped',
            taskId: ctx.taskId,
            event: { type: 'vm.created' },
          }),
        );
      },
    },
  ],
  unwound: vmUnwound('error', ['creating', 'starting', 'running', 'stopped', 'unknown', 'paused']),
  async retry(work, { vmId: id, start }, taskId) {
    const vm = await vmLock(work.tx, id);
    if (!vm) throw new BasaltError('notFound', { kind: 'vm' });
    const host = vm.hostId && (await hostById(work.tx, vm.hostId));
    if (vm.state !== 'error' || !host)
      throw new BasaltError('actionRefused', {
        reason: both('虚拟机不在失败状态', 'The VM is not in the failed state'),
      });
    if (host.state !== 'available') throw new BasaltError('noHostFits', { reason: `${host.name}: ${host.state}` });
    if (start) await allocationsTake(work.tx, [{ vmId: id, hostId: host.id, vcpu: vm.vcpu, memory: vm.memory }]);
    await vmUpdate(work.tx, id, { epoch: vm.epoch + 1, desiredPower: start ? 'on' : 'off' });
    for (const disk of await vmDisks(work.tx, [id])) await diskStateSet(work.tx, disk.id, 'creating');
    await vmMustTransition(work, { vmId: id, from: ['error'], to: 'creating', taskId, keepAllocation: true });
  },
});
