/** A host without VMs leaves the region. Its certificate is worth nothing from then on: no row, no call. */
import { z } from 'zod';
import { BasaltError, hostId } from '@basalt/contract';
import { hostById, hostLock, hostUpdate, hostVmNames } from '../store/host.ts';
import { taskDefine } from '../workflow/task-define.ts';
import { bilingual } from './vm-steps.ts';

const input = z.object({ hostId });

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
