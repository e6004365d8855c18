/**
 * Actions on one VM. All have one shape: the row locked, the table asked, the state put into its transition, and a task
 * that does it. What differs stands in {@link actions}.
 */
import { BasaltError, type TaskId, type VmAction, type VmId, type VmState } from '@basalt/contract';
import { allocationsTake } from '../../store/allocation.ts';
import { clusterById } from '../../store/cluster.ts';
import { imageById } from '../../store/image.ts';
import { networksByIds } from '../../store/network.ts';
import type { TaskInputs } from '../../store/task-inputs.ts';
import { tasksActiveOf } from '../../store/task.ts';
import { placementInsert, vmDisksLost, vmLock, vmNics, vmStateSet, vmUpdate, type VmRow } from '../../store/vm.ts';
import type { Context } from '../context.ts';
import { mutate, type Mutation } from '../mutate.ts';
import { actionDemand, existing, refused } from '../refusal.ts';
import { hostsAwaited } from './patience.ts';
import { placeDecide, placementRefusal } from './place.ts';

type OneVmTask = Extract<keyof TaskInputs, `vm.${string}` | `recycleBin.${string}`>;
export type VmActionKind = Exclude<OneVmTask, 'vm.create'>;

interface ActionShape {
  readonly action: VmAction;
  /** Null = the state stays until the task has done it. */
  readonly via: VmState | null;
  readonly desiredPower?: 'on' | 'off';
  /** May break in on a task that is at work on the VM. */
  readonly interrupts?: boolean;
}

export const vmActions: Readonly<Record<VmActionKind, ActionShape>> = {
  'vm.start': { action: 'start', via: 'starting', desiredPower: 'on' },
  'vm.shutdown': { action: 'shutdown', via: 'stopping', desiredPower: 'off' },
  'vm.powerOff': { action: 'powerOff', via: 'powering-off', desiredPower: 'off', interrupts: true },
  'vm.reboot': { action: 'reboot', via: 'rebooting' },
  'vm.reset': { action: 'reset', via: 'rebooting' },
  'vm.pause': { action: 'pause', via: null },
  'vm.resume': { action: 'resume', via: 'resuming' },
  'vm.delete': { action: 'delete', via: 'deleting', desiredPower: 'off' },
  'recycleBin.restore': { action: 'undelete', via: 'restoring' },
  'recycleBin.destroy': { action: 'destroy', via: 'deleting' },
};

/** @throws BasaltError busyWithTask when a task is at work on the VM. */
async function idleDemand(work: Mutation, vm: VmRow): Promise<void> {
  const task = (await tasksActiveOf(work.tx, [vm.id])).get(vm.id);
  // a parked task has stopped; acting on the VM is how somebody gets out of it
  if (!task || task.state === 'parked') return;
  throw new BasaltError('busyWithTask', {
    task: task.kind,
    step: task.currentStep ?? '',
    seconds: Math.round((Date.now() - (task.startedAt ?? task.createdAt).getTime()) / 1000),
  });
}

/** Places a VM anew and takes its room. Gives the host it was on before, when that is another one. */
async function startPlace(work: Mutation, vm: VmRow): Promise<TaskInputs['vm.start']> {
  const cluster = existing(await clusterById(work.tx, vm.clusterId), 'cluster');
  const image = vm.imageId ? await imageById(work.tx, vm.imageId) : null;
  const nics = await vmNics(work.tx, [vm.id]);
  const networks = await networksByIds(
    work.tx,
    nics.map((nic) => nic.networkId),
  );
  const decided = await placeDecide(
    work.tx,
    vm.clusterId,
    [
      {
        clusterId: cluster.id,
        clusterName: cluster.name,
        architecture: image?.architecture ?? cluster.architecture,
        vcpu: vm.vcpu,
        memory: vm.memory,
        networks: [...new Set(networks.map((n) => n.network.uplink))],
      },
    ],
    'start',
  );
  const [placement] = decided.placements;
  if (!placement?.chosen) throw placement ? placementRefusal(placement, decided) : new Error('no placement');
  await placementInsert(work.tx, vm.id, placement);
  await allocationsTake(work.tx, [{ vmId: vm.id, hostId: placement.chosen.id, vcpu: vm.vcpu, memory: vm.memory }]);
  await vmUpdate(work.tx, vm.id, { hostId: placement.chosen.id, epoch: vm.epoch + 1 });
  return { vmId: vm.id, formerHostId: vm.hostId === placement.chosen.id ? null : vm.hostId };
}

export interface VmActionInput {
  readonly id: VmId;
  readonly requestToken?: string | undefined;
  readonly timeout?: number;
  readonly thenPowerOff?: boolean;
}

/**
 * @param patience until when a start waits for hosts that are not heard yet (`patienceEnd`)
 * @throws BasaltError notFound; actionRefused with the table's reason; busyWithTask; for a start also noHostFits,
 * capacityExceeded, hostsConnecting.
 */
export function vmAct(
  ctx: Context,
  kind: VmActionKind,
  input: VmActionInput,
  patience?: number,
): Promise<{ taskId: TaskId }> {
  return hostsAwaited(() => vmActNow(ctx, kind, input), patience);
}

function vmActNow(ctx: Context, kind: VmActionKind, input: VmActionInput): Promise<{ taskId: TaskId }> {
  const { action, via, desiredPower, interrupts } = vmActions[kind];
  return mutate(ctx, { operation: kind, input }, async (work) => {
    const vm = existing(await vmLock(work.tx, input.id), 'vm');
    actionDemand('vm', vm.state, action);
    if (action === 'delete' && vm.protected)
      throw refused('虚拟机已开启删除保护', 'The VM is protected against deletion');
    // restored, it would start from fresh disks and look as if nothing had happened
    if (action === 'undelete' && (await vmDisksLost(work.tx, vm.id)))
      throw refused(
        '虚拟机的硬盘已被销毁，只能继续销毁',
        'Disks of the VM have been destroyed already; it can only be destroyed',
      );
    if (!interrupts) await idleDemand(work, vm);
    const target = { kind: 'vm', id: vm.id, name: vm.name };
    const taskId =
      kind === 'vm.start'
        ? await work.task('vm.start', target, await startPlace(work, vm))
        : kind === 'vm.shutdown'
          ? await work.task('vm.shutdown', target, {
              vmId: vm.id,
              timeout: input.timeout ?? 120,
              thenPowerOff: input.thenPowerOff ?? false,
            })
          : await work.task(kind, target, { vmId: vm.id });
    if (via) await vmStateSet(work.tx, vm.id, via);
    if (desiredPower) await vmUpdate(work.tx, vm.id, { desiredPower });
    work.changed('vm', vm.id);
    work.log({ resource: target, taskId });
    return { taskId };
  });
}
