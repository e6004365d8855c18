/**
 * One host compared with what the region knows of it: its facts, every domain on it, and every VM that should be there and
 * is not. Run when its agent (re)connects, when events were lost, and from time to time.
 */
import { and, eq, inArray, lt, ne } from 'drizzle-orm';
import type { HostId } from '@basalt/contract';
import type { HostFacts } from '@basalt/contract/agent/schemas';
import { hostById, hostLock, hostUpdate } from '../store/host.ts';
import { vms } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';
import { hostAddress } from '../tasks/vm-parts.ts';
import { vmTransition } from '../tasks/vm-transition.ts';
import { domainFactsApply, domainVerdict } from './domain-facts.ts';
import { findingsReplace, type Finding } from './findings.ts';
import { hostFactsStore } from './host-facts.ts';
import type { ReconcilerContext } from './reconciler.ts';

/** The host answers again: back to what the operator wants of it. */
export async function hostIsBack(work: Work, id: HostId): Promise<boolean> {
  const row = await hostLock(work.tx, id);
  if (row?.state !== 'unreachable') return false;
  await hostUpdate(work.tx, id, {
    state: row.wantedState,
    reason: null,
    stateSince: new Date(),
    seenAt: new Date(),
  });
  work.changed('host', id);
  work.event({ kind: 'host', id, name: row.name, type: 'host.back' });
  return true;
}

/** Nobody hears it: what runs there is not known any more. Nothing is restarted elsewhere; that needs a fence. */
export async function hostIsLost(work: Work, id: HostId): Promise<boolean> {
  const row = await hostLock(work.tx, id);
  if (!row || !['available', 'locked', 'maintenance'].includes(row.state)) return false;
  await hostUpdate(work.tx, id, { state: 'unreachable', stateSince: new Date() });
  work.changed('host', id);
  work.event({ kind: 'host', id, name: row.name, type: 'host.unreachable', level: 'error' });
  const guests = await work.tx
    .select({ id: vms.id })
    .from(vms)
    .where(and(eq(vms.hostId, id), inArray(vms.state, ['running', 'paused'])));
  for (const guest of guests) {
    await vmTransition(work, {
      vmId: guest.id,
      from: ['running', 'paused'],
      to: 'unknown',
      event: { type: 'vm.hostLost', level: 'error', params: { host: row.name } },
    });
  }
  return true;
}

/** Domains that bear our mark and that no row wants here, and foreign ones: told, never touched. */
async function orphansOf(work: Work, id: HostId, facts: HostFacts): Promise<Finding[]> {
  const ids = facts.domains.flatMap((domain) => (domain.vmId ? [domain.vmId] : []));
  const known =
    ids.length === 0
      ? []
      : await work.tx
          .select({ id: vms.id, hostId: vms.hostId, state: vms.state })
          .from(vms)
          .where(inArray(vms.id, ids));
  const wanted = new Set(known.filter((vm) => vm.hostId === id && vm.state !== 'destroyed').map((vm) => vm.id));
  return facts.domains
    .filter((domain) => domain.foreign || (domain.vmId !== null && !wanted.has(domain.vmId)))
    .map((domain) => ({
      resourceKind: 'domain',
      resourceId: domain.uuid,
      resourceName: domain.name,
      params: { host: facts.hostName, state: domain.state, foreign: domain.foreign ? 1 : 0 },
    }));
}

/** @throws BasaltError when the agent does not answer. */
export async function hostSync(ctx: ReconcilerContext, id: HostId): Promise<{ changed: number }> {
  const host = await hostById(ctx.services.db, id);
  if (!host || host.state === 'enrolling' || host.state === 'removing') return { changed: 0 };
  const asked = new Date();
  const facts = await ctx.services.agents.client(hostAddress(host)).host.facts({}, { signal: ctx.signal });
  const rebooted = host.bootId !== null && host.bootId !== facts.bootId;
  await ctx.transact(async (work) => {
    await hostFactsStore(work, id, facts);
    await hostUpdate(work.tx, id, { eventSequence: facts.sequence });
    await hostIsBack(work, id);
    if (rebooted) work.event({ kind: 'host', id, name: host.name, type: 'host.rebooted', level: 'warning' });
    await findingsReplace(work, 'orphans', `${id}/`, await orphansOf(work, id, facts));
  });
  let changed = 0;
  const known = new Map(
    (
      await ctx.services.db
        .select({ id: vms.id, state: vms.state })
        .from(vms)
        .where(and(eq(vms.hostId, id), ne(vms.state, 'destroyed')))
    ).map((row) => [row.id, row.state]),
  );
  // a look without locks first; one transaction for each VM that differs: a full host must not hold them all, nor the lease
  for (const domain of facts.domains) {
    const state = domain.vmId === null ? undefined : known.get(domain.vmId);
    if (domain.foreign || state === undefined || domainVerdict(state, domain) === null) continue;
    if (await ctx.transact((work) => domainFactsApply(work, id, domain))) changed += 1;
  }
  const present = new Set<string>(facts.domains.flatMap((domain) => (domain.vmId ? [domain.vmId] : [])));
  const here = await ctx.services.db
    .select({ id: vms.id })
    .from(vms)
    .where(
      and(
        eq(vms.hostId, id),
        inArray(vms.state, [
          'running',
          'paused',
          'unknown',
          'starting',
          'stopping',
          'powering-off',
          'rebooting',
          'resuming',
        ]),
        // what came into this state while the facts were under way is not judged by them
        lt(vms.stateSince, asked),
      ),
    );
  for (const vm of here) {
    if (present.has(vm.id)) continue;
    const gone = {
      vmId: vm.id,
      foreign: false,
      state: 'absent' as const,
      reason: 'unknown',
      epoch: null,
      startedAt: null,
    };
    if (await ctx.transact((work) => domainFactsApply(work, id, gone))) changed += 1;
  }
  return { changed };
}
