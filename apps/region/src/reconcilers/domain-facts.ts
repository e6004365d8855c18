/**
 * The state of a VM follows what its host reports: a guest that powers itself off, crashes, is paused by an I/O error or is
 * gone after its host has booted anew. While a task is at work on the VM the task has the word.
 */
import { and, eq, inArray } from 'drizzle-orm';
import { BasaltError, both, type HostId, type ResourceEvent, type VmId, type VmState } from '@basalt/contract';
import type { DomainFacts } from '@basalt/contract/agent/schemas';
import { allocationsTake } from '../store/allocation.ts';
import { tasks } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';
import { vmLock, type VmRow } from '../store/vm.ts';
import { vmTransition } from '../tasks/vm-transition.ts';

interface Verdict {
  readonly to: VmState;
  readonly type: string;
  readonly level?: ResourceEvent['level'];
  readonly reason?: string;
  readonly set?: { readonly desiredPower?: 'on' | 'off'; readonly startedAt?: Date | null };
}

const ioError = both('存储 I/O 错误，虚拟机已暂停', 'Paused by a storage I/O error');

/** What a stopped domain means, by libvirt's reason. */
function stopped(reason: string): Verdict {
  if (reason === 'shutdown') return { to: 'stopped', type: 'vm.guestPoweredOff', set: { desiredPower: 'off' } };
  if (reason === 'crashed')
    return { to: 'stopped', type: 'vm.crashed', level: 'error', reason: both('客户机已崩溃', 'The guest has crashed') };
  if (reason === 'destroyed') return { to: 'stopped', type: 'vm.stoppedOnHost', level: 'warning' };
  return { to: 'stopped', type: 'vm.stopped', level: 'warning' };
}

/** What a report makes of a VM that no task is at work on; null = it is as known. */
export function domainVerdict(
  state: VmState,
  facts: Pick<DomainFacts, 'state' | 'reason' | 'startedAt'>,
): Verdict | null {
  // these are left by an operator's action only
  if (state === 'deleted' || state === 'destroyed' || state === 'suspended' || state === 'error') return null;
  switch (facts.state) {
    case 'running':
    case 'blocked':
      return state === 'running'
        ? null
        : {
            to: 'running',
            type: state === 'paused' ? 'vm.resumed' : 'vm.foundRunning',
            set: facts.startedAt ? { startedAt: new Date(facts.startedAt) } : {},
          };
    case 'paused':
      if (state === 'paused') return null;
      return facts.reason === 'ioerror'
        ? { to: 'paused', type: 'vm.ioError', level: 'error', reason: ioError }
        : { to: 'paused', type: 'vm.paused', level: 'warning' };
    case 'shutoff':
    case 'crashed':
      return state === 'stopped' ? null : stopped(facts.state === 'crashed' ? 'crashed' : facts.reason);
    case 'absent':
      return state === 'stopped'
        ? null
        : {
            to: 'stopped',
            type: 'vm.domainGone',
            level: 'error',
            reason: both('节点上已没有该虚拟机', 'Its host no longer knows it'),
          };
    case 'shutdown':
    case 'pmsuspended':
      return null;
  }
}

async function isBusy(work: Work, vmId: VmId): Promise<boolean> {
  const [row] = await work.tx
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.targetId, vmId), inArray(tasks.state, ['queued', 'running', 'undoing'])))
    .limit(1);
  return row !== undefined;
}

/** A domain that starts without having been placed holds its room too, even more than there is. */
async function roomTake(work: Work, vm: VmRow, hostId: HostId): Promise<void> {
  try {
    await work.tx.transaction((inner) =>
      allocationsTake(inner, [{ vmId: vm.id, hostId, vcpu: vm.vcpu, memory: vm.memory }]),
    );
  } catch (error) {
    if (!(error instanceof BasaltError)) throw error;
  }
  work.changed('host', hostId);
}

/** Works one report in. True when it changed the VM. */
export async function domainFactsApply(
  work: Work,
  hostId: HostId,
  facts: Pick<DomainFacts, 'vmId' | 'foreign' | 'state' | 'reason' | 'epoch' | 'startedAt'>,
): Promise<boolean> {
  if (facts.foreign || facts.vmId === null) return false;
  const vm = await vmLock(work.tx, facts.vmId);
  // a report of a former host, or of an older placement on this one, says nothing about the VM
  if (!vm || vm.hostId !== hostId || (facts.epoch !== null && facts.epoch < vm.epoch)) return false;
  const verdict = domainVerdict(vm.state, facts);
  if (!verdict || (await isBusy(work, vm.id))) return false;
  await vmTransition(work, {
    vmId: vm.id,
    to: verdict.to,
    reason: verdict.reason ?? null,
    event: { type: verdict.type, ...(verdict.level ? { level: verdict.level } : {}) },
    set: verdict.set ?? {},
  });
  if (verdict.to === 'running' && vm.state !== 'paused' && vm.state !== 'unknown') await roomTake(work, vm, hostId);
  return true;
}
