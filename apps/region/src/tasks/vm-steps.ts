/** Steps that several tasks of a VM share. Each reads the rows anew and leaves the world as they say. */
import { createHash } from 'node:crypto';
import { BasaltError, both, type VmId, type VmState } from '@basalt/contract';
import type { DomainFacts } from '@basalt/contract/agent/schemas';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient } from '../drivers/agent/agent-driver.ts';
import type { HostRow } from '../store/host.ts';
import { allocationRelease } from '../store/allocation.ts';
import type { Work } from '../store/transact.ts';
import type { VmRow } from '../store/vm.ts';
import type { EnsureHead, StepContext, Unwound } from '../workflow/task-define.ts';
import { domainSpecOf } from './domain-spec.ts';
import {
  diskSpecOf,
  diskStateSet,
  hostAddress,
  hostsForDisks,
  portSpec,
  vmDiskParts,
  vmHost,
  vmMust,
  vmNicParts,
} from './vm-parts.ts';
import { vmTransition } from './vm-transition.ts';

export interface OneVm {
  readonly vmId: VmId;
}
type Ctx = StepContext<OneVm>;

/** Head of an ensure that concerns a VM. */
export const vmHead = (vm: VmRow, head: EnsureHead) => ({ ...head, vmId: vm.id, epoch: vm.epoch });

export interface OnHost {
  readonly vm: VmRow;
  readonly host: HostRow;
  readonly agent: AgentClient;
}

/** The VM and its host's agent. */
export async function vmOnHost({ services, input }: Ctx): Promise<OnHost> {
  const vm = await vmMust(services.db, input.vmId);
  const host = await vmHost(services.db, vm);
  return { vm, host, agent: services.agents.client(hostAddress(host)) };
}

/** Disks that are not made yet are made: clones of their image, or empty. */
export async function disksMake(ctx: Ctx): Promise<void> {
  const { vm, agent } = await vmOnHost(ctx);
  const parts = await vmDiskParts(ctx.services.db, vm.id);
  const missing = parts.filter(({ disk }) => disk.state !== 'attached');
  for (const [n, part] of missing.entries()) {
    await ctx.ensure(`disk ${part.disk.id}`, (head) =>
      agent.disk.ensure({ ...vmHead(vm, head), disk: diskSpecOf(part) }),
    );
    ctx.progress((n + 1) / missing.length);
  }
  if (missing.length > 0)
    await ctx.transact(async ({ tx }) => {
      for (const { disk } of missing) await diskStateSet(tx, disk.id, 'attached');
    });
}

/** All disks gone, by whichever host answers; a disk somebody has open is not touched. */
export async function disksUnmake(ctx: Ctx): Promise<void> {
  const { db, agents } = ctx.services;
  const vm = await vmMust(db, ctx.input.vmId);
  const hosts = await hostsForDisks(db, vm.hostId);
  for (const { disk, pool } of await vmDiskParts(db, vm.id)) {
    await byAnyHost(hosts, (host) =>
      ctx.ensure(
        `disk ${disk.id} on ${host.id}`,
        (head) =>
          agents
            .client(hostAddress(host))
            .disk.ensureAbsent({ ...vmHead(vm, head), at: { pool, image: disk.rbdImage } }),
        5_000,
      ),
    );
    await ctx.transact(({ tx }) => diskStateSet(tx, disk.id, 'error'));
  }
}

/** Asks the next host when one cannot be reached. */
async function byAnyHost(hosts: readonly HostRow[], call: (host: HostRow) => Promise<unknown>): Promise<void> {
  let last: unknown = new BasaltError('noHostFits', { reason: 'no host answers' });
  for (const host of hosts) {
    try {
      await call(host);
      return;
    } catch (error) {
      if (!(error instanceof BasaltError) || (error.code !== 'agentUnreachable' && error.code !== 'agentTimedOut'))
        throw error;
      last = error;
    }
  }
  throw last;
}

export async function portsMake(ctx: Ctx): Promise<void> {
  for (const part of await vmNicParts(ctx.services.db, ctx.input.vmId)) {
    await ctx.ensure(`port ${part.nic.id}`, () => ctx.services.network.portEnsure(portSpec(part)));
  }
}

export async function portsUnmake(ctx: Ctx): Promise<void> {
  for (const { nic } of await vmNicParts(ctx.services.db, ctx.input.vmId)) {
    await ctx.ensure(`port ${nic.id}`, () => ctx.services.network.portRemove(nic.id));
  }
}

export async function domainDefine(ctx: Ctx): Promise<void> {
  const { db, settings } = ctx.services;
  const { vm, agent } = await vmOnHost(ctx);
  const [disks, nics, storage] = await Promise.all([
    vmDiskParts(db, vm.id),
    vmNicParts(db, vm.id),
    settings.storageAccess(),
  ]);
  const password = vm.passwordSealed === null ? null : settings.unseal(vm.passwordSealed);
  const domain = domainSpecOf({ vm, disks, nics, storage, password });
  // a row may change between two runs of this step, and the same operation with another content is refused
  const content = createHash('sha256').update(JSON.stringify(domain)).digest('base64url').slice(0, 16);
  await ctx.ensure(`define ${content}`, (head) => agent.domain.ensureDefined({ ...vmHead(vm, head), domain }));
}

/** Not defined and not running, on the VM's host. Nothing to do when it is on none. */
export async function domainRemove(ctx: Ctx): Promise<void> {
  const vm = await vmMust(ctx.services.db, ctx.input.vmId);
  if (vm.hostId === null) return;
  const { agent } = await vmOnHost(ctx);
  await ctx.ensure('undefine', (head) => agent.domain.ensureAbsent(vmHead(vm, head)));
}

export async function domainStart(ctx: Ctx): Promise<DomainFacts> {
  const { vm, agent } = await vmOnHost(ctx);
  await ctx.transact((work) => vmTransition(work, { vmId: vm.id, from: ['creating'], to: 'starting' }));
  // a watcher of a guest that just ended goes within half a minute
  const { domain } = await ctx.ensure('start', (head) => agent.domain.ensureRunning(vmHead(vm, head)), 45_000);
  return domain;
}

export async function domainOff(ctx: Ctx): Promise<void> {
  const { vm, agent } = await vmOnHost(ctx);
  await ctx.ensure('off', (head) => agent.domain.ensureOff(vmHead(vm, head)));
}

/** Waits until the domain is in one of the states; asks gently, because the answer costs a call to libvirt. */
export async function domainAwait(
  ctx: Ctx,
  wanted: readonly DomainFacts['state'][],
  until: number,
): Promise<DomainFacts | null> {
  const { vm, agent } = await vmOnHost(ctx);
  for (let wait = 100; ; wait = Math.min(wait * 1.5, 1_000)) {
    const { domain } = await ctx.ensure('look', () => agent.domain.get({ vmId: vm.id }));
    if (domain && wanted.includes(domain.state)) return domain;
    if (Date.now() + wait > until) return null;
    await sleep(wait, undefined, { signal: ctx.signal });
  }
}

/**
 * The end of a start: waits until the guest runs and says so. An operator who has cut the power meanwhile has the last word:
 * the guest is off then, that task writes it down, and the start has not failed.
 */
export async function domainReady(ctx: Ctx, event: string): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const domain = await domainAwait(ctx, ['running', 'blocked'], Math.min(Date.now() + 1_000, end));
    const vm = await vmMust(ctx.services.db, ctx.input.vmId);
    if (vm.desiredPower === 'off') {
      await domainOff(ctx);
      await ctx.log('info', 'powered off while it was being started');
      return;
    }
    if (domain) {
      await ctx.transact((work) =>
        vmTransition(work, {
          vmId: vm.id,
          from: ['creating', 'starting', 'running'],
          to: 'running',
          taskId: ctx.taskId,
          event: { type: event },
          set: { startedAt: new Date(domain.startedAt ?? Date.now()) },
        }),
      );
      return;
    }
    if (Date.now() >= end) throw new BasaltError('timedOut');
  }
}

/** Where a VM is left by a task that failed. */
export function vmUnwound(to: VmState, from: readonly VmState[]): (work: Work, end: Unwound<OneVm>) => Promise<void> {
  return async (work, { taskId, input, outcome, error }) => {
    const parked = outcome === 'parked';
    const state = parked ? 'error' : to;
    await vmTransition(work, {
      vmId: input.vmId,
      from,
      to: state,
      reason: state === 'error' || outcome === 'failed' ? bilingual(error) : null,
      taskId,
      keepAllocation: parked,
      event: {
        type: outcome === 'cancelled' ? 'vm.taskCancelled' : 'vm.taskFailed',
        level: outcome === 'cancelled' ? 'warning' : 'error',
        params: { code: error.code, reason: bilingual(error) },
      },
    });
  };
}

export const bilingual = (error: BasaltError): string => both(error.text('zh-CN'), error.text('en-US'));

/** For a VM that is in error and keeps nothing booked. */
export const allocationDrop = (work: Work, vmId: VmId): Promise<boolean> => allocationRelease(work.tx, vmId);
