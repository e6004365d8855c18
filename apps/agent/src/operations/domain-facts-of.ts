import { vmId as vmIdOf } from '@basalt/contract';
import type { DomainFacts } from '@basalt/contract/agent/index';
import type { AgentHost, CallLimit, DomainSeen } from '../host.types.ts';
import { domainName } from './domain-model-of.ts';

/** A domain as facts. The epoch is the highest obeyed, which may be newer than the definition's. */
export function domainFactsOf(host: AgentHost, seen: DomainSeen): DomainFacts {
  const { mark } = seen;
  return {
    vmId: mark ? vmIdOf.parse(mark.vmId) : null,
    name: seen.name,
    uuid: seen.uuid,
    foreign: mark === null,
    state: seen.state,
    reason: seen.reason,
    epoch: mark ? Math.max(mark.epoch, host.journal.epoch(mark.vmId)) : null,
    startedAt: seen.startedAt,
  };
}

/** What is said of a VM that has no domain here. */
export function absentFacts(host: AgentHost, vmId: string): DomainFacts {
  const epoch = host.journal.epoch(vmId);
  return {
    vmId: vmIdOf.parse(vmId),
    name: domainName(vmId),
    uuid: vmId,
    foreign: false,
    state: 'absent',
    reason: 'unknown',
    epoch: epoch < 0 ? null : epoch,
    startedAt: null,
  };
}

export async function domainFactsNow(host: AgentHost, vmId: string, limit: CallLimit): Promise<DomainFacts> {
  const seen = await host.hypervisor.domainGet(vmId, limit);
  return seen ? domainFactsOf(host, seen) : absentFacts(host, vmId);
}
