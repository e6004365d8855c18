/** Asks, before a handler runs, whether the actor's permission reaches the resource that the input names. */
import { permission, type Permission, type Procedure, type TaskId } from '@basalt/contract';
import { clusterDefault } from '../store/cluster.ts';
import { hostFacts, vmFacts } from '../store/reach.ts';
import { taskById } from '../store/task.ts';
import type { Context } from './context.ts';
import { notFound } from './refusal.ts';
import { permissionMissing, reaches, reachOf, type Facts, type Reach } from './rights.ts';

type Input = Readonly<Record<string, unknown>>;
type Ask = (ctx: Context, input: Input, reach: Reach, needed: Permission) => Promise<void>;

/** Lists leave out what is not within reach; bulk actions ask for each. */
const leavesOut: Ask = () => Promise.resolve();

const idOf = ({ id }: Input): string => (typeof id === 'string' ? id : '');

/** What may not even be read is not there. */
function demand(
  ctx: Context,
  facts: Facts | null,
  reach: Reach,
  needed: Permission,
  kind: 'vm' | 'host' | 'task',
): void {
  const read = permission.parse(`${kind}:read`);
  if (!facts || !reaches(reachOf(ctx.actor, read), facts)) throw notFound(kind);
  if (!reaches(reach, facts)) throw permissionMissing(needed);
}

const ofVm: Ask = async (ctx, input, reach, needed) => {
  const id = idOf(input);
  demand(ctx, (await vmFacts(ctx.services.db, [id])).get(id) ?? null, reach, needed, 'vm');
};

const ofHost: Ask = async (ctx, input, reach, needed) =>
  demand(ctx, await hostFacts(ctx.services.db, idOf(input)), reach, needed, 'host');

const ofTask: Ask = async (ctx, input, reach, needed) => {
  const { db } = ctx.services;
  const task = await taskById(db, idOf(input) as TaskId);
  const target = task?.targetKind === 'vm' ? (await vmFacts(db, [task.targetId])).get(task.targetId) : undefined;
  demand(ctx, task && { ...target, startedBy: task.actor.id }, reach, needed, 'task');
};

/** A new VM belongs to who makes it; whose permission is for chosen clusters makes it in one of them. */
const newVm: Ask = async (ctx, input, reach, needed) => {
  const given = input['clusterId'];
  const clusterId = typeof given === 'string' ? given : ((await clusterDefault(ctx.services.db))?.id ?? null);
  if (!reaches(reach, { ownerId: ctx.actor.sub, clusterId })) throw permissionMissing(needed);
};

const ofCluster: Ask = async (ctx, input, reach, needed) => {
  if (!reaches(reach, { clusterId: idOf(input) })) throw permissionMissing(needed);
};

/** How each procedure is asked about whose permission may hold for some resources only. One that is not here needs it for all. */
const asks: Readonly<Record<string, Ask>> = {
  'vm.list': leavesOut,
  'vm.bulk': leavesOut,
  'vm.create': newVm,
  'vm.preview': newVm,
  'task.list': leavesOut,
  'task.get': ofTask,
  'task.cancel': ofTask,
  'task.retry': ofTask,
  'resourceEvent.list': leavesOut,
  'host.list': leavesOut,
  'computeCluster.list': leavesOut,
  'computeCluster.rename': ofCluster,
};
const askOf = (name: string): Ask | undefined =>
  asks[name] ??
  (name.startsWith('vm.') ? ofVm : name.startsWith('host.') && name !== 'host.createEnrolToken' ? ofHost : undefined);

/**
 * @throws BasaltError permissionMissing; notFound for what the actor may not even read. `session` asks only for an actor,
 * and every request has one.
 */
export async function accessDemand(
  ctx: Context,
  name: string,
  { access }: Pick<Procedure, 'access'>,
  input: unknown,
): Promise<void> {
  if (access === 'public' || access === 'session') return;
  const reach = reachOf(ctx.actor, access);
  if (reach === 'all') return;
  const ask = reach === 'none' ? undefined : askOf(name);
  if (!ask) throw permissionMissing(access);
  await ask(ctx, input as Input, reach, access);
}
