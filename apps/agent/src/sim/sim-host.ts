/** One simulated host: the real operations, journal, epochs and queue over drivers in memory. */
import type { HostInventory } from '@basalt/contract';
import type { DomainSpec } from '@basalt/contract/agent/index';
import { domainWatchStart } from '../domain-watch.ts';
import { hostChecks } from '../drivers/host/checks.ts';
import { EventLog } from '../event-log.ts';
import { Exposition } from '../exposition.ts';
import type { AgentHost, Inspection } from '../host.types.ts';
import { journalInMemory } from '../journal.ts';
import { domainModelOf } from '../operations/domain-model-of.ts';
import { KeyedQueue } from '../queue.ts';
import { AGENT_VERSION } from '../version.ts';
import { SimFaults } from './sim-faults.ts';
import type { SimDomain } from './sim-domain.ts';
import { SimHypervisor } from './sim-hypervisor.ts';
import type { SimStorage } from './sim-storage.ts';
import type { SimTiming } from './sim-timing.ts';

const GIB = 1024 ** 3;

export interface SimHostKept {
  readonly boot: { readonly id: string; readonly at: string };
  readonly domains: readonly SimDomain[];
}

export interface SimHostOptions {
  readonly index: number;
  readonly hostId: string;
  readonly hostName: string;
  readonly regionKey: string;
  readonly storage: SimStorage;
  readonly timing: SimTiming;
  readonly boot: { readonly id: string; readonly at: string };
  readonly domains?: readonly SimDomain[];
  readonly changed?: () => void;
  readonly vcpus?: number;
  readonly memory?: number;
}

/** A domain as the region asks for it, and how it has fared since. */
export interface SimStock {
  readonly spec: DomainSpec;
  readonly epoch: number;
  readonly state: 'running' | 'paused' | 'shutoff';
  readonly startedAt: string | null;
}

const stockReasons = { running: 'booted', paused: 'user', shutoff: 'shutdown' } as const;

export interface SimHost {
  readonly agent: AgentHost;
  readonly faults: SimFaults;
  readonly hypervisor: SimHypervisor;
  kept(): SimHostKept;
  /** Domains as if they had been here for long; see the control's `stock`. */
  stock(domains: readonly SimStock[]): void;
  close(): void;
}

/** 10.240.0.1 … by index: unique, and nobody's. */
export const simAddress = (index: number): string => `10.240.${Math.floor(index / 250)}.${(index % 250) + 1}`;

function inventoryOf({ index, vcpus = 64, memory = 256 * GIB }: SimHostOptions): HostInventory {
  const cpus = Array.from({ length: vcpus }, (_, cpu) => cpu);
  const half = vcpus / 2;
  return {
    serial: `SIM${String(index).padStart(6, '0')}`,
    vendor: 'Basalt',
    model: 'Simulated host',
    cpuModel: 'Simulated CPU',
    architecture: 'x86_64',
    sockets: 2,
    cores: vcpus / 2,
    threads: vcpus,
    memory,
    numa: [
      { node: 0, cpus: cpus.slice(0, half), memory: memory / 2 },
      { node: 1, cpus: cpus.slice(half), memory: memory / 2 },
    ],
    hugepages: [],
    iommu: true,
    virtualisation: 'kvm',
    kernel: '6.1.0-sim',
    hypervisor: '7.2.22',
    libvirt: '9.0.0',
    ovs: '3.1.0',
    agent: AGENT_VERSION,
    timeSynchronised: true,
    nics: [
      {
        name: 'eth0',
        mac: `02:00:00:00:${hex(index >> 8)}:${hex(index)}`,
        mtu: 1500,
        speed: 25_000,
        up: true,
        addresses: [simAddress(index)],
      },
    ],
    disks: [{ name: 'sda', size: 480 * GIB, model: 'Simulated SSD', rotational: false }],
  };
}

const seedPath = (vmId: string): string => `/sim/${vmId}.iso`;
const hex = (n: number): string => (n & 0xff).toString(16).padStart(2, '0');

export function simHostMake(options: SimHostOptions): SimHost {
  const { index, hostId, hostName, storage, timing, boot, changed = () => {} } = options;
  const address = simAddress(index);
  const hypervisor = new SimHypervisor({ storage, address, timing, changed, domains: options.domains ?? [] });
  const faults = new SimFaults();
  const seeds = new Map<string, string>();
  let access = '';
  let secretId: string | null = null;
  let chassis = '';
  const inventory = inventoryOf(options);
  const bridgeMappings = { physnet1: 'br-ex' };
  const inspection = (): Inspection => {
    const running = hypervisor.snapshot().filter(({ state }) => state === 'running');
    const memory = running.reduce((sum, { model }) => sum + model.memory, 0);
    const busy = running.reduce((sum, { model }) => sum + model.vcpus.current, 0) * 0.05;
    return {
      inventory,
      checks: hostChecks({
        inventory,
        hypervisorConnected: true,
        storageReachable: access === '' ? null : true,
        bridgeMappings,
      }),
      capacity: { vcpu: inventory.threads, memory: inventory.memory },
      use: { cpu: Math.min(1, busy / inventory.threads), memory: 2 * GIB + memory, load1: busy },
      providerNetworks: Object.keys(bridgeMappings),
      addresses: [address],
    };
  };
  const noLog = { info: () => {}, warn: () => {}, error: () => {} };
  const agent: AgentHost = {
    hostId,
    hostName,
    boot,
    hypervisor,
    access: {
      ensure: async (spec) => {
        const { key: _, ...rest } = spec;
        const before = access;
        access = JSON.stringify(rest);
        ({ secretId } = rest);
        return before !== access;
      },
      storage: () => storage,
      secretId: () => secretId,
      remove: async () => {
        const had = access !== '';
        access = '';
        secretId = null;
        return had;
      },
    },
    chassis: {
      ensure: async (spec) => {
        const before = chassis;
        chassis = JSON.stringify(spec);
        return before !== chassis;
      },
      remove: async () => {
        const had = chassis !== '';
        chassis = '';
        return had;
      },
    },
    files: {
      seedEnsure: async (vmId, seed) => {
        const before = seeds.get(vmId);
        if (!seed) return { path: null, changed: seeds.delete(vmId) };
        seeds.set(vmId, JSON.stringify(seed));
        return { path: seedPath(vmId), changed: before !== seeds.get(vmId) };
      },
      remove: async (vmId) => seeds.delete(vmId),
      consoleSocket: (vmId, kind) => `/nonexistent/${vmId}.${kind}`,
      serialLog: (vmId) => `/sim/${vmId}.log`,
      nvram: (vmId) => `/sim/${vmId}.fd`,
    },
    settings: { integrationBridge: 'br-int', offloads: 'default' },
    journal: journalInMemory(),
    queue: new KeyedQueue(),
    events: new EventLog(),
    log: noLog,
    running: new Map(),
    inspect: async () => inspection(),
    metrics: async () => {
      const out = new Exposition({ region: options.regionKey, host: hostId });
      const { use } = inspection();
      out.add('basalt_host_agent_up', 'gauge', 1);
      out.add('basalt_host_load1', 'gauge', use.load1);
      out.add('basalt_host_memory_bytes', 'gauge', inventory.memory);
      out.add('basalt_host_memory_available_bytes', 'gauge', inventory.memory - use.memory);
      return out.text();
    },
    intercept: faults,
  };
  const stop = domainWatchStart(agent);
  const domainOf = ({ spec, epoch, state, startedAt }: SimStock): SimDomain => ({
    model: domainModelOf({
      spec,
      epoch,
      seedPath: spec.cloudInit ? seedPath(spec.vmId) : null,
      virtualisation: hypervisor.virtualisation,
      settings: agent.settings,
      files: agent.files,
    }),
    state,
    reason: stockReasons[state],
    startedAt,
  });
  return {
    agent,
    faults,
    hypervisor,
    kept: () => ({ boot, domains: hypervisor.snapshot() }),
    stock: (domains) => hypervisor.stock(domains.map(domainOf)),
    close: stop,
  };
}
