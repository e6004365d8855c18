/** The agent's procedures, each a line: which operation, which part of the input. */
import type { AgentProcedures } from '@basalt/contract/agent/index';
import { agentProcedures } from '@basalt/contract/agent/index';
import { vmId as vmIdOf, type Locale } from '@basalt/contract';
import type { Handlers } from '@basalt/rpc';
import type { DomainVerb } from '../domain-machine.ts';
import { asked, ensureOnce } from '../ensure.ts';
import type { AgentHost } from '../host.types.ts';
import { diskEnsure } from './disk-ensure.ts';
import { diskEnsureAbsent } from './disk-ensure-absent.ts';
import { diskWatchers } from './disk-watchers.ts';
import { domainEnsure, domainEnsureAbsent, domainEnsureDefined } from './domain-ensure.ts';
import { domainFactsOf } from './domain-facts-of.ts';
import { hostFacts } from './host-facts.ts';
import { hostLeave } from './host-leave.ts';
import { storageAccessEnsure } from './storage-access-ensure.ts';

export interface AgentContext {
  readonly host: AgentHost;
  readonly locale: Locale;
  readonly requestId: string;
}

type VmInput = { operationId: string; deadline: string; vmId: string; epoch: number };
type Verb = Exclude<DomainVerb, 'ensureDefined' | 'ensureAbsent'>;
const p = agentProcedures;

const verb =
  (name: Verb) =>
  ({ input, ctx: { host } }: { input: VmInput; ctx: AgentContext }) =>
    ensureOnce(host, `domain.${name}`, p.domain[name].deadline, input, (limit) =>
      domainEnsure(host, name, input.vmId, limit),
    );

export const agentHandlers: Handlers<AgentProcedures, AgentContext> = {
  host: {
    facts: ({ ctx: { host } }) => asked(host, 'host.facts', p.host.facts.deadline, (limit) => hostFacts(host, limit)),
    ensureChassis: ({ input, ctx: { host } }) =>
      ensureOnce(host, 'host.ensureChassis', p.host.ensureChassis.deadline, input, async (limit) => ({
        changed: await host.chassis.ensure(input.chassis, limit),
      })),
    ensureStorageAccess: ({ input, ctx: { host } }) =>
      ensureOnce(host, 'host.ensureStorageAccess', p.host.ensureStorageAccess.deadline, input, (limit) =>
        storageAccessEnsure(host, input.storage, limit),
      ),
    ensureLeft: ({ input, ctx: { host } }) =>
      ensureOnce(host, 'host.ensureLeft', p.host.ensureLeft.deadline, input, (limit) => hostLeave(host, limit)),
  },
  disk: {
    ensure: ({ input, ctx: { host } }) =>
      ensureOnce(host, 'disk.ensure', p.disk.ensure.deadline, input, (limit) => diskEnsure(host, input.disk, limit)),
    ensureAbsent: ({ input, ctx: { host } }) =>
      ensureOnce(host, 'disk.ensureAbsent', p.disk.ensureAbsent.deadline, input, (limit) =>
        diskEnsureAbsent(host, input.at, limit),
      ),
    watchers: ({ input, ctx: { host } }) =>
      asked(host, 'disk.watchers', p.disk.watchers.deadline, (limit) => diskWatchers(host, input.at, limit)),
  },
  domain: {
    ensureDefined: ({ input, ctx: { host } }) =>
      ensureOnce(host, 'domain.ensureDefined', p.domain.ensureDefined.deadline, input, (limit) =>
        domainEnsureDefined(host, { ...input.domain, vmId: input.vmId }, input.epoch, limit),
      ),
    ensureAbsent: ({ input, ctx: { host } }) =>
      ensureOnce(host, 'domain.ensureAbsent', p.domain.ensureAbsent.deadline, input, (limit) =>
        domainEnsureAbsent(host, input.vmId, limit),
      ),
    ensureRunning: verb('ensureRunning'),
    ensureOff: verb('ensureOff'),
    ensurePaused: verb('ensurePaused'),
    ensureResumed: verb('ensureResumed'),
    requestShutdown: verb('requestShutdown'),
    requestReboot: verb('requestReboot'),
    reset: verb('reset'),
    get: ({ input, ctx: { host } }) =>
      asked(host, 'domain.get', p.domain.get.deadline, async (limit) => {
        const seen = await host.hypervisor.domainGet(vmIdOf.parse(input.vmId), limit);
        return { domain: seen ? domainFactsOf(host, seen) : null };
      }),
    guest: ({ input, ctx: { host } }) =>
      asked(host, 'domain.guest', p.domain.guest.deadline, (limit) => host.hypervisor.guestFacts(input.vmId, limit)),
    screenshot: ({ input, ctx: { host } }) =>
      asked(host, 'domain.screenshot', p.domain.screenshot.deadline, async (limit) => {
        const png = await host.hypervisor.screenshot(input.vmId, limit);
        return { png: png?.toString('base64') ?? null, at: new Date().toISOString() };
      }),
  },
};
