/** What an agent says of its host, into the host's row. */
import { isDeepStrictEqual } from 'node:util';
import type { HostId } from '@basalt/contract';
import type { HostFacts } from '@basalt/contract/agent/schemas';
import { hostUpdate, type HostRow } from '../store/host.ts';
import type { Work } from '../store/transact.ts';

export async function hostFactsStore(work: Work, id: HostId, facts: HostFacts): Promise<void> {
  await hostUpdate(work.tx, id, {
    inventory: facts.inventory,
    checks: facts.checks,
    architecture: facts.inventory.architecture,
    virtualisation: facts.inventory.virtualisation,
    capacityVcpu: facts.capacity.vcpu,
    capacityMemory: facts.capacity.memory,
    providerNetworks: facts.providerNetworks,
    cpuUse: facts.use.cpu,
    load1: facts.use.load1,
    memoryUsed: facts.use.memory,
    agentVersion: facts.inventory.agent,
    bootId: facts.bootId,
    bootedAt: new Date(facts.bootedAt),
    seenAt: new Date(),
  });
  work.changed('host', id);
}

/** A difference of use below which nobody would see it: of all processors, of the memory, of the load. */
const SHARE = 0.01;
const LOAD = 0.1;
const moved = (before: number | null, now: number, least: number): boolean =>
  before === null || Math.abs(before - now) >= least;

/**
 * Whether facts say anything that the host's row does not. Most do not, and thousands of hosts say so all the time: writing
 * them down, and telling everybody who watches, would be most of a resting region's work.
 */
export const hostFactsDiffer = (row: HostRow, facts: HostFacts): boolean =>
  row.bootId !== facts.bootId ||
  // a smaller number is that of an agent whose clock went back; a larger one is written down by whoever heard it
  row.eventSequence > facts.sequence ||
  row.agentVersion !== facts.inventory.agent ||
  row.capacityVcpu !== facts.capacity.vcpu ||
  row.capacityMemory !== facts.capacity.memory ||
  moved(row.cpuUse, facts.use.cpu, SHARE) ||
  moved(row.memoryUsed, facts.use.memory, facts.capacity.memory * SHARE) ||
  moved(row.load1, facts.use.load1, LOAD) ||
  !isDeepStrictEqual(row.inventory, facts.inventory) ||
  !isDeepStrictEqual(row.checks, facts.checks) ||
  !isDeepStrictEqual(row.providerNetworks, facts.providerNetworks);
