/**
 * The one way the state of a VM changes once its row exists: under the row's lock, only from states in which it may, only
 * for the placement it was decided for; with the capacity it holds, the live event and the resource event in the same
 * transaction.
 */
import { BasaltError, type ResourceEvent, type TaskId, type VmId, type VmState } from '@basalt/contract';
import { allocationRelease } from '../store/allocation.ts';
import type { vms } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';
import { vmLock, vmStateSet, vmUpdate, type VmRow } from '../store/vm.ts';

export interface VmTransition {
  readonly vmId: VmId;
  /** States it may leave; left out = any. */
  readonly from?: readonly VmState[];
  readonly to: VmState;
  /** For the operator, in both languages by `both()`; null clears it. */
  readonly reason?: string | null;
  /** The placement this belongs to; another one by now means that it is out of date. */
  readonly epoch?: number;
  readonly taskId?: TaskId | null;
  readonly event?: {
    readonly type: string;
    readonly level?: ResourceEvent['level'];
    readonly params?: ResourceEvent['params'];
  };
  readonly set?: Partial<Omit<typeof vms.$inferInsert, 'state' | 'search' | 'firstAddress' | 'id'>>;
  /** Keep vCPU and memory booked although the state holds none: its domain may still be there. */
  readonly keepAllocation?: boolean;
}

/** States in which a VM takes no vCPU and no memory. */
const holdsNothing: ReadonlySet<VmState> = new Set(['stopped', 'suspended', 'deleted', 'destroyed', 'error']);

/**
 * The row as it was, or null when the VM was not in one of the states (nothing is changed then).
 * @throws BasaltError staleEpoch.
 */
export async function vmTransition(work: Work, transition: VmTransition): Promise<VmRow | null> {
  const { vmId, from, to, reason = null, epoch, taskId = null, event, set, keepAllocation = false } = transition;
  const row = await vmLock(work.tx, vmId);
  if (!row || (from && !from.includes(row.state))) return null;
  if (epoch !== undefined && row.epoch !== epoch)
    throw new BasaltError('staleEpoch', { given: epoch, current: row.epoch });
  if (set && Object.keys(set).length > 0) await vmUpdate(work.tx, vmId, set);
  if (to === 'deleted' && row.deletedAt === null) await vmUpdate(work.tx, vmId, { deletedAt: new Date() });
  await vmStateSet(work.tx, vmId, to, reason);
  if (holdsNothing.has(to)) {
    if (row.startedAt) await vmUpdate(work.tx, vmId, { startedAt: null });
    if (!keepAllocation && (await allocationRelease(work.tx, vmId)) && row.hostId) work.changed('host', row.hostId);
  }
  work.changed('vm', vmId, to === 'deleted' || to === 'destroyed' ? 'deleted' : 'updated');
  if (event) work.event({ kind: 'vm', id: vmId, name: row.name, taskId, ...event });
  return row;
}

/** As {@link vmTransition}, where being in another state is an error of whoever got here. */
export async function vmMustTransition(work: Work, transition: VmTransition): Promise<VmRow> {
  const row = await vmTransition(work, transition);
  if (!row)
    throw new BasaltError('notFound', { kind: 'vm' }, { detail: `${transition.vmId} cannot become ${transition.to}` });
  return row;
}
