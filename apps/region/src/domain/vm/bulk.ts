import { actionPermission, BasaltError, permission, type ErrorShape, type TaskId, type VmId } from '@basalt/contract';
import { derivedId } from '@basalt/service';
import { vmFacts } from '../../store/reach.ts';
import type { Context } from '../context.ts';
import { refusalLog } from '../mutate.ts';
import { notFound } from '../refusal.ts';
import { permissionMissing, reaches, reachOf } from '../rights.ts';
import { patienceEnd } from './patience.ts';
import { vmAct, vmActions, type VmActionKind } from './power.ts';

const kinds = {
  start: 'vm.start',
  shutdown: 'vm.shutdown',
  powerOff: 'vm.powerOff',
  reboot: 'vm.reboot',
  reset: 'vm.reset',
  delete: 'vm.delete',
  destroy: 'recycleBin.destroy',
  undelete: 'recycleBin.restore',
} as const satisfies Readonly<Record<string, VmActionKind>>;

export interface VmBulkInput {
  readonly action: keyof typeof kinds;
  readonly ids: readonly VmId[];
  readonly requestToken?: string | undefined;
}
export interface VmBulkItem {
  id: VmId;
  taskId: TaskId | null;
  error: ErrorShape | null;
}

/** One action on many, each for itself: one refusal stops no other (VM-26). A repeated token repeats each one's answer. */
export async function vmBulk(
  ctx: Context,
  { action, ids, requestToken }: VmBulkInput,
): Promise<{ items: VmBulkItem[] }> {
  const kind = kinds[action];
  const needed = permission.parse(actionPermission('vm', vmActions[kind].action));
  const reach = reachOf(ctx.actor, needed);
  const readable = reachOf(ctx.actor, 'vm:read');
  const restricted = reach !== 'all' || readable !== 'all';
  const facts = restricted ? await vmFacts(ctx.services.db, [...new Set(ids)]) : null;
  const items: VmBulkItem[] = [];
  const patience = patienceEnd();
  for (const id of new Set(ids)) {
    try {
      const fact = facts?.get(id);
      if (facts && (!fact || !reaches(readable, fact))) throw notFound('vm');
      if (fact && !reaches(reach, fact)) throw permissionMissing(needed);
      const token = requestToken && derivedId<string>(requestToken, id);
      const { taskId } = await vmAct(ctx, kind, { id, requestToken: token }, patience);
      items.push({ id, taskId, error: null });
    } catch (error) {
      if (!(error instanceof BasaltError)) throw error;
      await refusalLog(ctx, 'vm.bulk', { kind: 'mutation', operation: kind }, { id }, error);
      items.push({ id, taskId: null, error: error.shape(ctx.locale, ctx.requestId) });
    }
  }
  return { items };
}
