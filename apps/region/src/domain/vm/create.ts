import { BasaltError, type TaskId, type VmCreateInput, type VmSummary } from '@basalt/contract';
import { allocationsTake } from '../../store/allocation.ts';
import { isUniqueViolation } from '../../store/database.ts';
import { placementInsert, vmInsert } from '../../store/vm.ts';
import { vmSummaries } from '../../store/vm-shape.ts';
import type { Context } from '../context.ts';
import { mutate, type Mutation } from '../mutate.ts';
import { hostsAwaited } from './patience.ts';
import { createPlan, type Plan, type PlannedVm } from './create-plan.ts';
import { createSpecify, type Specified } from './create-specify.ts';

const refuse = (error: BasaltError): never => {
  throw error;
};

async function vmWrite(
  work: Mutation,
  ctx: Context,
  input: VmCreateInput,
  spec: Specified,
  vm: PlannedVm,
): Promise<TaskId> {
  await vmInsert(
    work.tx,
    {
      id: vm.id,
      name: vm.name,
      note: input.note,
      state: 'creating',
      desiredPower: input.start ? 'on' : 'off',
      clusterId: spec.cluster.id,
      hostId: vm.placement.chosen?.id ?? null,
      epoch: 1,
      imageId: spec.image.id,
      flavorId: spec.flavorId ?? null,
      vcpu: spec.vcpu,
      memory: spec.memory,
      firmware: input.firmware ?? spec.image.firmware,
      cpuMode: input.cpuMode,
      osFamily: spec.image.osFamily,
      hostName: vm.hostName,
      cloudInit: spec.image.cloudInit,
      defaultUser: spec.image.defaultUser,
      sshKeys: input.sshKeys,
      passwordSealed: input.password === undefined ? null : ctx.services.seal.seal(input.password),
      dns: input.dns,
      protected: input.protected,
      ownerId: ctx.actor.sub,
      ownerName: ctx.actor.name,
    },
    {
      disks: vm.disks.map((disk, index) => ({
        id: disk.id,
        vmId: vm.id,
        name: index === 0 ? `${vm.name}-system` : `${vm.name}-data-${index}`,
        role: disk.role,
        index,
        size: disk.size,
        state: 'creating' as const,
        storageClusterId: disk.storageClusterId,
        rbdImage: `disk-${disk.id}`,
        imageId: index === 0 ? spec.image.id : null,
      })),
      nics: vm.nics,
    },
  );
  await placementInsert(work.tx, vm.id, vm.placement);
  const resource = { kind: 'vm', id: vm.id, name: vm.name };
  const taskId = await work.task('vm.create', resource, { vmId: vm.id, start: input.start });
  work.changed('vm', vm.id, 'created');
  work.event({ ...resource, type: 'vm.created', taskId });
  const { password, sshKeys, requestToken: _token, region: _region, ...details } = input;
  work.log({ resource, taskId, details: { ...details, sshKeys: sshKeys.length, password: password !== undefined } });
  return taskId;
}

async function planWrite(
  work: Mutation,
  ctx: Context,
  input: VmCreateInput,
  spec: Specified,
  plan: Plan,
): Promise<TaskId[]> {
  const taskIds: TaskId[] = [];
  for (const vm of plan.vms) taskIds.push(await vmWrite(work, ctx, input, spec, vm));
  if (input.start)
    await allocationsTake(
      work.tx,
      plan.vms.flatMap((vm) =>
        vm.placement.chosen
          ? [{ vmId: vm.id, hostId: vm.placement.chosen.id, vcpu: spec.vcpu, memory: spec.memory }]
          : [],
      ),
      true,
    );
  return taskIds;
}

/** Creates one VM or a batch: all of it is accepted, or nothing. */
export async function vmCreate(
  ctx: Context,
  input: VmCreateInput,
): Promise<{ items: { vm: VmSummary; taskId: TaskId }[] }> {
  const operation = input.count > 1 ? 'vm.createBatch' : 'vm.create';
  try {
    return await hostsAwaited(() =>
      mutate(ctx, { operation, input }, async (work) => {
        const spec = await createSpecify(work.tx, input, refuse);
        const plan = await createPlan(work.tx, input, spec, refuse, 'create');
        const taskIds = await planWrite(work, ctx, input, spec, plan);
        const made = await vmSummaries(
          work.tx,
          plan.vms.map((vm) => vm.id),
        );
        const byId = new Map(made.map((vm) => [vm.id, vm]));
        const items = plan.vms.flatMap(({ id }, i) => {
          const vm = byId.get(id);
          const taskId = taskIds[i];
          return vm && taskId ? [{ vm, taskId }] : [];
        });
        return { items };
      }),
    );
  } catch (error) {
    throw duplicateOf(error, input) ?? error;
  }
}

/** Somebody else was faster with a name or MAC that was free when it was looked for. */
function duplicateOf(error: unknown, input: VmCreateInput): BasaltError | null {
  if (isUniqueViolation(error, 'vms_name_live'))
    return new BasaltError('nameTaken', { name: input.name }, { field: 'name', cause: error });
  if (isUniqueViolation(error, 'nics_mac_unique'))
    return new BasaltError(
      'macTaken',
      { mac: input.nics.find((nic) => nic.mac)?.mac ?? '', owner: '?' },
      { field: 'nics.0.mac', cause: error },
    );
  return null;
}
