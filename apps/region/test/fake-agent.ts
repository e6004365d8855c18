/**
 * Hosts in memory behind the agents' contract: once per operation id, stale epochs refused, images shared by all of them as
 * Ceph's are. Small on purpose; what hosts really do is proved elsewhere.
 */
import { agentProcedures, type AgentProcedures } from '@basalt/contract/agent/index';
import type { AgentEvent, DomainFacts, DomainSpec, HostFacts } from '@basalt/contract/agent/schemas';
import { BasaltError, type HostId, type VmId } from '@basalt/contract';
import { inputParse, type CallableTree, type Handlers } from '@basalt/rpc';
import { newId } from '@basalt/service';
import type { AgentClient, AgentDriver, EventStreamHandlers } from '../src/drivers/agent/agent-driver.ts';

const GIB = 1024 ** 3;

interface FakeDomain {
  facts: DomainFacts;
  readonly spec: DomainSpec;
}

export class FakeHost {
  readonly id: HostId;
  readonly name: string;
  readonly domains = new Map<string, FakeDomain>();
  readonly epochs = new Map<string, number>();
  readonly answers = new Map<string, unknown>();
  /** Names of the operations carried out, in order. */
  readonly done: string[] = [];
  readonly listeners = new Set<EventStreamHandlers>();
  bootId = 'boot-1';
  use = { cpu: 0.1, memory: GIB, load1: 0.5 };
  sequence = 1;
  /** What every call meets first; throw to fail it. */
  fault: ((name: string) => void | Promise<void>) | null = null;
  /** Whether guests heed the power button. */
  acpi = true;
  readonly world: FakeWorld;

  constructor(world: FakeWorld, id: HostId, name: string) {
    this.world = world;
    this.id = id;
    this.name = name;
  }

  /** Tells the region that a domain has changed by itself. */
  async emit(vmId: string, state: DomainFacts['state'], reason: string, cause: string): Promise<void> {
    const domain = this.domains.get(vmId);
    if (!domain) throw new Error(`no domain ${vmId}`);
    domain.facts = { ...domain.facts, state, reason };
    await this.tell({ type: 'domain', domain: domain.facts, cause });
  }

  async tell(body: { type: 'domain'; domain: DomainFacts; cause: string } | { type: 'resync' }): Promise<void> {
    const event: AgentEvent = { ...body, sequence: (this.sequence += 1), at: new Date().toISOString() };
    for (const listener of this.listeners) await listener.onEvent(event);
  }

  foreign(name: string): void {
    const uuid = newId<string>();
    this.domains.set(uuid, {
      facts: {
        vmId: null,
        name,
        uuid,
        foreign: true,
        state: 'running',
        reason: 'booted',
        epoch: null,
        startedAt: null,
      },
      spec: {} as DomainSpec,
    });
  }

  facts(): HostFacts {
    return {
      hostId: this.id,
      hostName: this.name,
      bootId: this.bootId,
      bootedAt: '2026-01-01T00:00:00.000Z',
      at: new Date().toISOString(),
      inventory: {
        serial: null,
        vendor: null,
        model: null,
        cpuModel: 'fake',
        architecture: 'x86_64',
        sockets: 1,
        cores: 8,
        threads: 16,
        memory: 64 * GIB,
        numa: [],
        hugepages: [],
        iommu: false,
        virtualisation: 'tcg',
        kernel: '6',
        hypervisor: 'fake',
        libvirt: '9',
        ovs: null,
        agent: '0.1.0',
        timeSynchronised: true,
        nics: [],
        disks: [],
      },
      checks: [{ key: 'virtualisation', verdict: 'passed', found: 'kvm', wanted: 'kvm' }],
      capacity: { vcpu: 16, memory: 64 * GIB },
      use: this.use,
      domains: [...this.domains.values()].map((d) => d.facts),
      providerNetworks: ['physnet1'],
      sequence: this.sequence,
    };
  }
}

export class FakeWorld {
  readonly hosts = new Map<string, FakeHost>();
  /** `pool/image` → bytes. */
  readonly images = new Map<string, number>();
  readonly storageKeys: string[] = [];

  host(id: HostId, name: string): FakeHost {
    const host = new FakeHost(this, id, name);
    this.hosts.set(id, host);
    return host;
  }

  client(id: HostId): AgentClient {
    const host = this.hosts.get(id);
    const handlers = host ? fakeHandlers(host) : null;
    const call = async (area: string, verb: string, raw: unknown): Promise<unknown> => {
      if (!host || !handlers) throw new BasaltError('agentUnreachable', { host: id });
      return fakeCall(host, handlers, `${area}.${verb}`, raw);
    };
    return Object.fromEntries(
      Object.entries(agentProcedures).map(([area, verbs]) => [
        area,
        Object.fromEntries(Object.keys(verbs).map((verb) => [verb, (raw: unknown) => call(area, verb, raw)])),
      ]),
    ) as AgentClient;
  }

  driver(): AgentDriver {
    return {
      client: (host) => this.client(host.id),
      events: (host, _after, handlers) => {
        const found = this.hosts.get(host.id);
        found?.listeners.add(handlers);
        if (found) handlers.onConnected();
        else handlers.onDisconnected(new Error('no such host'));
        return { close: () => void found?.listeners.delete(handlers) };
      },
      metrics: (host) => Promise.resolve(`basalt_fake{host="${host.name}"} 1\n`),
      forget: () => undefined,
      close: () => Promise.resolve(),
    };
  }
}

/** One call as the door makes it: input by the contract, faults first. */
export async function fakeCall(
  host: FakeHost,
  handlers: Handlers<AgentProcedures, object>,
  name: string,
  raw: unknown,
): Promise<unknown> {
  await host.fault?.(name);
  const [area = '', verb = ''] = name.split('.');
  const tree: CallableTree = agentProcedures;
  const declared = tree[area]?.[verb];
  const served: Readonly<Record<string, Readonly<Record<string, unknown>>>> = handlers;
  const handler = served[area]?.[verb];
  if (!declared || typeof handler !== 'function') throw new BasaltError('notFound', { kind: 'procedure' });
  const input = inputParse(declared.input, raw, 'en-US');
  return handler({ input, ctx: {}, signal: undefined });
}

export function fakeHandlers(host: FakeHost): Handlers<AgentProcedures, object> {
  const { world } = host;
  const refused = (reason: string): BasaltError => new BasaltError('agentRefused', { host: host.name, reason });
  const key = (at: { pool: string; image: string }): string => `${at.pool}/${at.image}`;

  async function once<O>(
    name: string,
    input: { operationId: string; vmId?: string; epoch?: number },
    act: () => O,
  ): Promise<O> {
    await Promise.resolve();
    if (host.answers.has(input.operationId)) return host.answers.get(input.operationId) as O;
    if (input.vmId !== undefined && input.epoch !== undefined) {
      const current = host.epochs.get(input.vmId) ?? -1;
      if (input.epoch < current) throw new BasaltError('staleEpoch', { given: input.epoch, current });
      host.epochs.set(input.vmId, input.epoch);
    }
    const answer = act();
    host.done.push(name);
    host.answers.set(input.operationId, answer);
    return answer;
  }
  function domainOf(vmId: string): FakeDomain {
    const found = host.domains.get(vmId);
    if (!found) throw refused('the domain is not defined on this host');
    return found;
  }
  function set(vmId: string, state: DomainFacts['state'], reason: string) {
    const domain = domainOf(vmId);
    const changed = domain.facts.state !== state;
    if (changed && state === 'running') {
      for (const disk of domain.spec.disks)
        if (!world.images.has(key(disk.at)))
          throw new BasaltError('storageFailed', { reason: `${disk.at.image} missing` });
    }
    const startedAt =
      state === 'running'
        ? (domain.facts.startedAt ?? new Date().toISOString())
        : state === 'shutoff'
          ? null
          : domain.facts.startedAt;
    domain.facts = { ...domain.facts, state, reason, startedAt };
    return { domain: domain.facts, changed };
  }
  const absent = (vmId: VmId): DomainFacts => ({
    vmId,
    name: `vm-${vmId}`,
    uuid: vmId,
    foreign: false,
    state: 'absent',
    reason: 'unknown',
    epoch: null,
    startedAt: null,
  });

  return {
    host: {
      facts: () => Promise.resolve(host.facts()),
      ensureChassis: ({ input }) => once('ensureChassis', input, () => ({ changed: true })),
      ensureStorageAccess: ({ input }) =>
        once('ensureStorageAccess', input, () => {
          world.storageKeys.push(input.storage.user);
          return { changed: true };
        }),
      ensureLeft: ({ input }) => once('ensureLeft', input, () => ({ changed: true })),
    },
    disk: {
      ensure: ({ input }) =>
        once('disk.ensure', input, () => {
          const { at, size, parent } = input.disk;
          if (parent && !world.images.has(key(parent)))
            throw new BasaltError('storageFailed', { reason: `${parent.image} is missing` });
          const changed = !world.images.has(key(at));
          world.images.set(key(at), size);
          return { changed, size };
        }),
      ensureAbsent: ({ input }) =>
        once('disk.ensureAbsent', input, () => {
          for (const other of world.hosts.values())
            for (const { facts, spec } of other.domains.values())
              if (facts.state === 'running' && spec.disks?.some((disk) => key(disk.at) === key(input.at)))
                throw new BasaltError('imageHasWatchers', { disk: input.at.image, watchers: other.name });
          return { changed: world.images.delete(key(input.at)) };
        }),
      watchers: () => Promise.resolve({ watchers: [] }),
    },
    domain: {
      ensureDefined: ({ input }) =>
        once('domain.ensureDefined', input, () => {
          const before = host.domains.get(input.vmId);
          const facts: DomainFacts = before
            ? { ...before.facts, epoch: input.epoch }
            : { ...absent(input.vmId), state: 'shutoff', epoch: input.epoch };
          host.domains.set(input.vmId, { facts, spec: input.domain });
          return { domain: facts, changed: true };
        }),
      ensureAbsent: ({ input }) =>
        once('domain.ensureAbsent', input, () => ({ changed: host.domains.delete(input.vmId) })),
      ensureRunning: ({ input }) => once('domain.ensureRunning', input, () => set(input.vmId, 'running', 'booted')),
      ensureOff: ({ input }) =>
        once('domain.ensureOff', input, () =>
          host.domains.has(input.vmId)
            ? set(input.vmId, 'shutoff', 'destroyed')
            : { domain: absent(input.vmId), changed: false },
        ),
      ensurePaused: ({ input }) => once('domain.ensurePaused', input, () => set(input.vmId, 'paused', 'user')),
      ensureResumed: ({ input }) => once('domain.ensureResumed', input, () => set(input.vmId, 'running', 'unpaused')),
      requestShutdown: ({ input }) =>
        once('domain.requestShutdown', input, () =>
          host.acpi ? set(input.vmId, 'shutoff', 'shutdown') : { domain: domainOf(input.vmId).facts, changed: true },
        ),
      requestReboot: ({ input }) =>
        once('domain.requestReboot', input, () => {
          if (domainOf(input.vmId).facts.state !== 'running') throw refused('the domain is not running');
          return { domain: domainOf(input.vmId).facts, changed: true };
        }),
      reset: ({ input }) => once('domain.reset', input, () => set(input.vmId, 'running', 'booted')),
      get: ({ input }) => Promise.resolve({ domain: host.domains.get(input.vmId)?.facts ?? null }),
      guest: () => Promise.reject(refused('no guest agent')),
      screenshot: () => Promise.resolve({ png: null, at: new Date().toISOString() }),
    },
  };
}
