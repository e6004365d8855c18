/**
 * One host compared with what the region knows of it: its facts, every domain on it, and every VM that should be there and
 * is not. Run when its agent (re)connects, when events were lost, and from time to time.
 */
import { isDeepStrictEqual } from 'node:util';
import { and, eq, inArray, ne, or } from 'drizzle-orm';
import type { HostId, VmId, VmState } from '@basalt/contract';
import type { HostFacts } from '@basalt/contract/agent/schemas';
import { hostById, hostLock, hostUpdate } from '../store/host.ts';
import type { Reader } from '../store/database.ts';
import { vms } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';
import { hostAddress } from '../tasks/vm-parts.ts';
import { vmTransition } from '../tasks/vm-transition.ts';
import { domainFactsApply, domainVerdict } from './domain-facts.ts';
import { findingsAny, findingsReplace, type Finding } from './findings.ts';
import { hostFactsDiffer, hostFactsStore } from './host-facts.ts';
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

interface Guest {
  readonly id: VmId;
  readonly hostId: HostId | null;
  readonly state: VmState;
  readonly stateSince: Date;
}

/** VMs that should be on the host, and those that are on it whoever should have them. */
function guestsOf(db: Reader, id: HostId, facts: HostFacts): Promise<Guest[]> {
  const ids = facts.domains.flatMap((domain) => (domain.vmId ? [domain.vmId] : []));
  return db
    .select({ id: vms.id, hostId: vms.hostId, state: vms.state, stateSince: vms.stateSince })
    .from(vms)
    .where(and(ne(vms.state, 'destroyed'), or(eq(vms.hostId, id), ids.length > 0 ? inArray(vms.id, ids) : undefined)));
}

/** Domains that bear our mark and that no row wants here, and foreign ones: told, never touched. */
function orphansOf(here: ReadonlyMap<VmId, Guest>, facts: HostFacts): Finding[] {
  return facts.domains
    .filter((domain) => domain.foreign || (domain.vmId !== null && !here.has(domain.vmId)))
    .map((domain) => ({
      resourceKind: 'domain',
      resourceId: domain.uuid,
      resourceName: domain.name,
      params: { host: facts.hostName, state: domain.state, foreign: domain.foreign ? 1 : 0 },
    }));
}

/** What has been stored of a host while this process leads. */
export interface HostMemory {
  orphans?: readonly Finding[];
}

/** Whether these are other findings than those that are stored. */
async function orphansDiffer(
  db: Reader,
  id: HostId,
  orphans: readonly Finding[],
  memory: HostMemory,
): Promise<boolean> {
  if (memory.orphans) return !isDeepStrictEqual(memory.orphans, orphans);
  // the first look: most hosts have none, and had none
  return orphans.length > 0 || (await findingsAny(db, 'orphans', `${id}/`));
}

/** States in which a VM has a domain. */
const withDomain: ReadonlySet<VmState> = new Set<VmState>([
  'running',
  'paused',
  'unknown',
  'starting',
  'stopping',
  'powering-off',
  'rebooting',
  'resuming',
]);

/**
 * @param memory of earlier looks at this host
 * @returns how many VMs it changed; and where the facts said nothing new, so that they were not stored, the number of the last
 * event in them (`quiet`): it is for the caller to write down, with many others, that the host was heard.
 * @throws BasaltError when the agent does not answer.
 */
export async function hostSync(
  ctx: ReconcilerContext,
  id: HostId,
  memory: HostMemory = {},
): Promise<{ quiet: number | null; changed: number }> {
  const host = await hostById(ctx.services.db, id);
  if (!host || host.state === 'enrolling' || host.state === 'removing') return { quiet: null, changed: 0 };
  const asked = new Date();
  const facts = await ctx.services.agents.client(hostAddress(host)).host.facts({}, { signal: ctx.signal });
  const here = new Map(
    (await guestsOf(ctx.services.db, id, facts)).filter((vm) => vm.hostId === id).map((vm) => [vm.id, vm]),
  );
  const orphans = orphansOf(here, facts);
  const stored =
    host.state === 'unreachable' ||
    hostFactsDiffer(host, facts) ||
    (await orphansDiffer(ctx.services.db, id, orphans, memory));
  if (stored) {
    await ctx.transact(async (work) => {
      await hostFactsStore(work, id, facts);
      await hostUpdate(work.tx, id, { eventSequence: facts.sequence });
      await hostIsBack(work, id);
      if (host.bootId !== null && host.bootId !== facts.bootId)
        work.event({ kind: 'host', id, name: host.name, type: 'host.rebooted', level: 'warning' });
      await findingsReplace(work, 'orphans', `${id}/`, orphans);
    });
  }
  memory.orphans = orphans;
  let changed = 0;
  // a look without locks first; one transaction for each VM that differs: a full host must not hold them all, nor the lease
  for (const domain of facts.domains) {
    const state = domain.vmId === null ? undefined : here.get(domain.vmId)?.state;
    if (domain.foreign || state === undefined || domainVerdict(state, domain) === null) continue;
    if (await ctx.transact((work) => domainFactsApply(work, id, domain))) changed += 1;
  }
  const present = new Set<string>(facts.domains.flatMap((domain) => (domain.vmId ? [domain.vmId] : [])));
  for (const vm of here.values()) {
    // what came into this state while the facts were under way is not judged by them
    if (present.has(vm.id) || !withDomain.has(vm.state) || vm.stateSince >= asked) continue;
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
  return { quiet: stored ? null : facts.sequence, changed };
}
