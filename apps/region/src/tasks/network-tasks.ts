/** Flat networks: what the row says is brought to the controller. Three tasks of one or two steps, told together. */
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { BasaltError, networkId, type Network, type NetworkId } from '@basalt/contract';
import { networkLock, networksByIds, networkUpdate } from '../store/network.ts';
import { nics } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';
import { taskDefine, type StepContext, type StepDefinition, type TaskDefinition } from '../workflow/task-define.ts';
import { networkSpec, portSpec } from './vm-parts.ts';
import { bilingual } from './vm-steps.ts';

const input = z.object({ networkId });
type Input = z.infer<typeof input>;

async function setState(
  work: Work,
  id: NetworkId,
  state: Network['state'],
  reason: string | null = null,
  event?: { readonly type: string; readonly level?: 'error'; readonly taskId: StepContext<Input>['taskId'] },
): Promise<void> {
  const row = await networkLock(work.tx, id);
  if (!row) return;
  await networkUpdate(work.tx, id, { state, reason });
  work.changed('network', id);
  if (event) work.event({ kind: 'network', id, name: row.name, ...event });
}

async function switchMake(ctx: StepContext<Input>): Promise<void> {
  const { db, network } = ctx.services;
  const [found] = await networksByIds(db, [ctx.input.networkId]);
  if (!found) throw new BasaltError('notFound', { kind: 'network' });
  await ctx.ensure('switch', () => network.networkEnsure(networkSpec(found)));
}

const finish = (type: string): StepDefinition<Input> => ({
  key: 'finish',
  noUndo: 'only writes down what is',
  async run(ctx) {
    await ctx.transact((work) => setState(work, ctx.input.networkId, 'available', null, { type, taskId: ctx.taskId }));
  },
});

const failed: TaskDefinition<Input>['unwound'] = (work, { taskId, input: { networkId: id }, error }) =>
  setState(work, id, 'error', bilingual(error), { type: 'network.failed', level: 'error', taskId });

export const networkCreate = taskDefine<Input>({
  kind: 'network.create',
  input,
  cancellable: false,
  deadline: 2 * 60_000,
  steps: [
    {
      key: 'switch',
      run: switchMake,
      async undo(ctx) {
        await ctx.ensure('remove', () => ctx.services.network.networkRemove(ctx.input.networkId));
      },
    },
    finish('network.created'),
  ],
  unwound: failed,
  retry: (work, { networkId: id }) => setState(work, id, 'creating'),
});

export const networkChange = taskDefine<Input>({
  kind: 'network.update',
  input,
  cancellable: false,
  deadline: 5 * 60_000,
  steps: [
    {
      key: 'switch',
      noUndo: 'the row is the truth; the next attempt or the reconciler brings it about',
      run: switchMake,
    },
    {
      key: 'networkPort',
      deadline: 4 * 60_000,
      noUndo: 'the row is the truth; the next attempt or the reconciler brings it about',
      async run(ctx) {
        const { db, network } = ctx.services;
        const [found] = await networksByIds(db, [ctx.input.networkId]);
        if (!found) throw new BasaltError('notFound', { kind: 'network' });
        const ports = await db.select().from(nics).where(eq(nics.networkId, found.network.id));
        for (const [index, nic] of ports.entries()) {
          await ctx.ensure(`port ${nic.id}`, () => network.portEnsure(portSpec({ nic, ...found })));
          ctx.progress((index + 1) / ports.length);
        }
      },
    },
    finish('network.updated'),
  ],
  unwound: failed,
  retry: (work, { networkId: id }) => setState(work, id, 'available'),
});

export const networkDelete = taskDefine<Input>({
  kind: 'network.delete',
  input,
  cancellable: false,
  deadline: 2 * 60_000,
  steps: [
    {
      key: 'switch',
      noUndo: 'the network is empty; trying again goes on',
      async run(ctx) {
        await ctx.ensure('remove', () => ctx.services.network.networkRemove(ctx.input.networkId));
      },
    },
    {
      key: 'finish',
      noUndo: 'only writes down what is',
      async run(ctx) {
        await ctx.transact(async (work) => {
          const row = await networkLock(work.tx, ctx.input.networkId);
          if (!row) return;
          await networkUpdate(work.tx, row.id, { deletedAt: new Date() });
          work.changed('network', row.id, 'deleted');
          work.event({ kind: 'network', id: row.id, name: row.name, type: 'network.deleted', taskId: ctx.taskId });
        });
      },
    },
  ],
  unwound: failed,
  retry: (work, { networkId: id }) => setState(work, id, 'deleting'),
});
