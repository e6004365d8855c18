/** Every verb on a domain: look, ask the state machine, act, look again. */
import { BasaltError } from '@basalt/contract';
import type { DomainFacts, DomainSpec } from '@basalt/contract/agent/index';
import { domainPlan, type DomainAct, type DomainVerb } from '../domain-machine.ts';
import { refused } from '../errors.ts';
import type { AgentHost, CallLimit, DomainSeen } from '../host.types.ts';
import { absentFacts, domainFactsNow, domainFactsOf } from './domain-facts-of.ts';
import { domainModelOf } from './domain-model-of.ts';
import { imagesFree } from './image-watchers.ts';

export interface DomainDone {
  domain: DomainFacts;
  changed: boolean;
}

/** @throws BasaltError agentRefused when a domain of that UUID is not ours: it is never touched. */
async function ownDomain(host: AgentHost, vmId: string, limit: CallLimit): Promise<DomainSeen | null> {
  const seen = await host.hypervisor.domainGet(vmId, limit);
  if (seen && !seen.mark) throw refused(host.hostName, `the domain ${seen.name} is not managed by this platform`);
  if (seen?.mark && seen.mark.epoch > host.journal.epoch(vmId)) {
    // The journal was lost; the definition still knows.
    throw new BasaltError('staleEpoch', { given: host.journal.epoch(vmId), current: seen.mark.epoch });
  }
  return seen;
}

async function beforeStart(host: AgentHost, vmId: string, limit: CallLimit): Promise<void> {
  const model = await host.hypervisor.definition(vmId, limit);
  if (!model) throw refused(host.hostName, 'the domain is not defined on this host');
  await imagesFree(host, model, limit);
}

/**
 * Carries out a verb that needs no specification.
 * @throws BasaltError agentRefused, imageHasWatchers, hostOperationFailed …
 */
export async function domainEnsure(
  host: AgentHost,
  verb: Exclude<DomainVerb, 'ensureDefined' | 'ensureAbsent'>,
  vmId: string,
  limit: CallLimit,
): Promise<DomainDone> {
  const seen = await ownDomain(host, vmId, limit);
  const plan = domainPlan(verb, seen?.state ?? 'absent');
  if (plan.kind === 'refuse') throw refused(host.hostName, plan.reason);
  if (plan.kind === 'done')
    return { domain: seen ? domainFactsOf(host, seen) : absentFacts(host, vmId), changed: false };
  for (const act of plan.acts) {
    if (act === 'start') await beforeStart(host, vmId, limit);
    // A plan of these verbs defines nothing.
    await host.hypervisor.act(vmId, act as Exclude<DomainAct, 'define'>, limit);
  }
  return { domain: await domainFactsNow(host, vmId, limit), changed: true };
}

/** Defines or redefines; a running domain takes the change at its next start. */
export async function domainEnsureDefined(
  host: AgentHost,
  spec: DomainSpec,
  epoch: number,
  limit: CallLimit,
): Promise<DomainDone> {
  await ownDomain(host, spec.vmId, limit);
  const seed = await host.files.seedEnsure(spec.vmId, spec.cloudInit, limit);
  const model = domainModelOf({
    spec,
    epoch,
    seedPath: seed.path,
    virtualisation: host.hypervisor.virtualisation,
    settings: host.settings,
    files: host.files,
  });
  const changed = await host.hypervisor.define(model, limit);
  return { domain: await domainFactsNow(host, spec.vmId, limit), changed: changed || seed.changed };
}

/** Not defined, not running, its files gone. */
export async function domainEnsureAbsent(
  host: AgentHost,
  vmId: string,
  limit: CallLimit,
): Promise<{ changed: boolean }> {
  const seen = await ownDomain(host, vmId, limit);
  const plan = domainPlan('ensureAbsent', seen?.state ?? 'absent');
  if (plan.kind === 'act') {
    for (const act of plan.acts) await host.hypervisor.act(vmId, act as Exclude<DomainAct, 'define'>, limit);
  }
  const removed = await host.files.remove(vmId);
  return { changed: plan.kind === 'act' || removed };
}
