/** What an agent says of its host, into the host's row. */
import type { HostId } from '@basalt/contract';
import type { HostFacts } from '@basalt/contract/agent/schemas';
import { hostUpdate } from '../store/host.ts';
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
