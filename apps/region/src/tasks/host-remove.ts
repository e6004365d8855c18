/**
 * A host without VMs leaves the region: it forgets network and storage, the network controller forgets it. Its certificate
 * is worth nothing from then on: no row, no call.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { BasaltError, hostId } from '@basalt/contract';
import { hostById, hostLock, hostUpdate, hostVmNames } from '../store/host.ts';
import { taskDefine } from '../workflow/task-define.ts';
import { hostAddress } from './vm-parts.ts';
import { bilingual } from './vm-steps.ts';

const input = z.object({ hostId });
/** Milliseconds a host that should leave is asked. */
const PATIENCE = 8_000;
const SETTLE = 300;
const silent = new Set<string>(['agentUnreachable', 'agentTimedOut']);

export const hostRemove = taskDefine<z.infer<typeof input>>({
  kind: 'host.remove',
  input,
  cancellable: false,
  deadline: 2 * 60_000,
  steps: [
    {
      key: 'check',
      noUndo: 'only reads',
      async run(ctx) {
        const host = await hostById(ctx.services.db, ctx.input.hostId);
        if (!host) throw new BasaltError('notFound', { kind: 'host' });
        const names = await hostVmNames(ctx.services.db, host.id);
        if (names.length > 0) throw new BasaltError('inUse', { kind: 'host', users: names.join(', ') });
      },
    },
    {
      key: 'leave',
      noUndo: 'enrolling again makes chassis and storage access anew',
      deadline: 90_000,
      async run(ctx) {
        const host = await hostById(ctx.services.db, ctx.input.hostId);
        if (!host) return {};
        const agent = ctx.services.agents.client(hostAddress(host));
        try {
          const { changed } = await ctx.ensure('leave', (head) => agent.host.ensureLeft(head), PATIENCE);
          return { left: changed };
        } catch (error) {
          // one that is dead or has never answered is removed all the same; what is on its disks is for whoever has it
          if (!(error instanceof BasaltError) || !silent.has(error.code)) throw error;
          await ctx.log('warn', `${host.name} does not answer and still has its network settings and storage key`);
          return { left: false };
        }
      },
    },
    {
      key: 'chassis',
      noUndo: 'a host that joins again registers again',
      async run(ctx) {
        const { network } = ctx.services;
        // its controller may have been about to write when it lost its remote
        for (let looks = 0; looks < 5 && (await network.chassisRemove(ctx.input.hostId)); looks += 1)
          await sleep(SETTLE, undefined, { signal: ctx.signal });
      },
    },
    {
      key: 'finish',
      noUndo: 'a host that is gone joins again by a new token',
      async run(ctx) {
        await ctx.transact(async (work) => {
          const row = await hostLock(work.tx, ctx.input.hostId);
          if (!row) return;
          await hostUpdate(work.tx, row.id, { removedAt: new Date(), stateSince: new Date() });
          work.changed('host', row.id, 'deleted');
          work.event({ kind: 'host', id: row.id, name: row.name, type: 'host.removed', taskId: ctx.taskId });
        });
        ctx.services.agents.forget(ctx.input.hostId);
      },
    },
  ],
  async unwound(work, { input: { hostId: id }, error }) {
    const row = await hostLock(work.tx, id);
    if (!row) return;
    await hostUpdate(work.tx, id, {
      state: row.wantedState === 'available' ? 'maintenance' : row.wantedState,
      reason: bilingual(error),
    });
    work.changed('host', id);
  },
});
