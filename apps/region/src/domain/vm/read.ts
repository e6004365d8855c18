import type { Placement, Vm, VmId } from '@basalt/contract';
import { placementsOf, vmById } from '../../store/vm.ts';
import { vmDetail } from '../../store/vm-shape.ts';
import type { Context } from '../context.ts';
import { existing } from '../refusal.ts';

export async function vmGet(ctx: Context, id: VmId): Promise<Vm> {
  return existing(await vmDetail(ctx.services.db, id), 'vm');
}

/** Every decision about where the VM goes, newest first (SCH-02). */
export async function vmPlacements(ctx: Context, id: VmId): Promise<{ items: Placement[] }> {
  existing(await vmById(ctx.services.db, id), 'vm');
  return { items: await placementsOf(ctx.services.db, id) };
}
