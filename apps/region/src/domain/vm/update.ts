import { BasaltError, type VmId, type VmSummary } from '@basalt/contract';
import { differences } from '@basalt/service';
import { isUniqueViolation } from '../../store/database.ts';
import { vmLock, vmSearchRefresh, vmUpdate } from '../../store/vm.ts';
import { vmSummaries } from '../../store/vm-shape.ts';
import type { Context } from '../context.ts';
import { mutate } from '../mutate.ts';
import { actionDemand, existing } from '../refusal.ts';

export interface VmUpdateInput {
  readonly id: VmId;
  readonly name?: string | undefined;
  readonly note?: string | undefined;
  readonly requestToken?: string | undefined;
}

/** @throws BasaltError notFound, actionRefused, nameTaken. */
export async function vmChange(ctx: Context, input: VmUpdateInput): Promise<VmSummary> {
  const { id, name, note } = input;
  try {
    return await mutate(ctx, { operation: 'vm.update', input }, async (work) => {
      const vm = existing(await vmLock(work.tx, id), 'vm');
      if (name !== undefined) actionDemand('vm', vm.state, 'rename', 'name');
      if (note !== undefined) actionDemand('vm', vm.state, 'changeNote', 'note');
      if (name !== undefined || note !== undefined) {
        await vmUpdate(work.tx, id, {
          ...(name === undefined ? {} : { name }),
          ...(note === undefined ? {} : { note }),
        });
        await vmSearchRefresh(work.tx, id);
        work.changed('vm', id);
        work.log({ resource: { kind: 'vm', id, name: name ?? vm.name }, details: differences(vm, { name, note }) });
      }
      return existing((await vmSummaries(work.tx, [id]))[0], 'vm');
    });
  } catch (error) {
    if (name !== undefined && isUniqueViolation(error, 'vms_name_live'))
      throw new BasaltError('nameTaken', { name }, { field: 'name', cause: error });
    throw error;
  }
}
