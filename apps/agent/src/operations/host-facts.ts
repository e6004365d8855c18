import { hostId } from '@basalt/contract';
import type { HostFacts } from '@basalt/contract/agent/index';
import type { AgentHost, CallLimit } from '../host.types.ts';
import { domainFactsOf } from './domain-facts-of.ts';

/** Everything the region wants to know of a host. While libvirt is away there is nothing true to say of domains. */
export async function hostFacts(host: AgentHost, limit: CallLimit): Promise<HostFacts> {
  // Read first: an event that comes while the rest is read is told again after these facts, never lost between them.
  const { sequence } = host.events;
  const [inspection, domains] = await Promise.all([host.inspect(limit), host.hypervisor.domainList(limit)]);
  return {
    hostId: host.hostId === null ? null : hostId.parse(host.hostId),
    hostName: host.hostName,
    bootId: host.boot.id,
    bootedAt: host.boot.at,
    at: new Date().toISOString(),
    inventory: inspection.inventory,
    checks: inspection.checks,
    capacity: inspection.capacity,
    use: inspection.use,
    domains: domains.map((seen) => domainFactsOf(host, seen)),
    providerNetworks: [...inspection.providerNetworks],
    sequence,
  };
}
