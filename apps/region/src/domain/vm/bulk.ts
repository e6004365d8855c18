import { actionPermission, BasaltError, permission, type ErrorShape, type TaskId, type VmId } from '@basalt/contract';
import { derivedId } from '@basalt/service';
import { permits, type Context } from '../context.ts';
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
  const allowed = permits(ctx.actor, needed);
  const items: VmBulkItem[] = [];
  const patience = patienceEnd();
  for (const id of new Set(ids)) {
    try {
      if (!allowed) throw new BasaltError('permissionMissing', { permission: needed });
      const token = requestToken && derivedId<string>(requestToken, id);
      const { taskId } = await vmAct(ctx, kind, { id, requestToken: token }, patience);
      items.push({ id, taskId, error: null });
    } catch (error) {
      if (!(error instanceof BasaltError)) throw error;
      items.push({ id, taskId: null, error: error.shape(ctx.locale, ctx.requestId) });
    }
  }
  return { items };
}
