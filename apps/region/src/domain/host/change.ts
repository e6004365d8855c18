import { BasaltError, type Host, type HostId, type TaskId } from '@basalt/contract';
import { hostLock, hostShapes, hostUpdate, hostVmNames } from '../../store/host.ts';
import type { Context } from '../context.ts';
import { mutate } from '../mutate.ts';
import { actionDemand, existing, kindText } from '../refusal.ts';

interface OneHost {
  readonly id: HostId;
  readonly requestToken?: string | undefined;
}

/** Locks or unlocks: a locked host takes no new VMs (HOST-03). */
export function hostLockSet(ctx: Context, input: OneHost, action: 'lock' | 'unlock'): Promise<Host> {
  return mutate(ctx, { operation: `host.${action}`, input }, async (work) => {
    const host = existing(await hostLock(work.tx, input.id), 'host');
    actionDemand('host', host.state, action);
    const state = action === 'lock' ? 'locked' : 'available';
    await hostUpdate(work.tx, host.id, { state, wantedState: state, stateSince: new Date(), reason: null });
    const resource = { kind: 'host', id: host.id, name: host.name };
    work.changed('host', host.id);
    work.event({ ...resource, type: `host.${action}ed` });
    work.log({ resource });
    return existing((await hostShapes(work.tx, [host.id]))[0], 'host');
  });
}

/** @throws BasaltError notFound, actionRefused, inUse. */
export function hostRemove(ctx: Context, input: OneHost): Promise<{ taskId: TaskId }> {
  return mutate(ctx, { operation: 'host.remove', input }, async (work) => {
    const host = existing(await hostLock(work.tx, input.id), 'host');
    actionDemand('host', host.state, 'remove');
    const users = await hostVmNames(work.tx, host.id);
    if (users.length > 0) throw new BasaltError('inUse', { kind: kindText('host'), users: users.join(', ') });
    const target = { kind: 'host', id: host.id, name: host.name };
    const taskId = await work.task('host.remove', target, { hostId: host.id });
    await hostUpdate(work.tx, host.id, { state: 'removing', stateSince: new Date(), reason: null });
    work.changed('host', host.id);
    work.log({ resource: target, taskId });
    return { taskId };
  });
}
