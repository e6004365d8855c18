/** The host's facts apart from its domains. What hardly changes is read at most once a minute, use at every question. */
import { networkInterfaces } from 'node:os';
import type { HostInventory } from '@basalt/contract';
import type { LibvirtHost } from '@basalt/libvirt';
import type { CallLimit, Inspection } from '../../host.types.ts';
import { AGENT_VERSION } from '../../version.ts';
import { hostChecks } from './checks.ts';
import { CpuMeter, linkNames, load1, machineRead, meminfoRead, timeSynchronisedRead } from './machine.ts';

const KEEP_MS = 60_000;

export interface InspectorOptions {
  readonly libvirt: LibvirtHost;
  readonly ovsVersion: (signal: AbortSignal) => Promise<string | null>;
  readonly bridgeMappings: Readonly<Record<string, string>>;
  readonly virtualisation: 'kvm' | 'tcg';
  /** Whether the storage answers; null when the host has not been told of it. */
  readonly storageReachable: (limit: CallLimit) => Promise<boolean | null>;
  /** Share of the machine offered to guests. */
  readonly vcpus: number | undefined;
  readonly memory: number | undefined;
}

/** Kept back for the host itself when it offers all of its memory. */
const OWN_SHARE = 0.1;

export class HostInspector {
  readonly #options: InspectorOptions;
  readonly #cpu = new CpuMeter();
  #kept: { at: number; inventory: HostInventory } | null = null;

  constructor(options: InspectorOptions) {
    this.#options = options;
  }

  async inspect(limit: CallLimit): Promise<Inspection> {
    const { vcpus, memory, bridgeMappings, libvirt } = this.#options;
    const [inventory, storageReachable] = await Promise.all([
      this.#inventory(limit),
      this.#options.storageReachable(limit),
    ]);
    const available = meminfoRead();
    const links = new Set(linkNames());
    return {
      inventory,
      checks: hostChecks({ inventory, hypervisorConnected: libvirt.connected, storageReachable, bridgeMappings }),
      capacity: {
        vcpu: vcpus ?? inventory.threads,
        memory: memory ?? Math.floor((inventory.memory * (1 - OWN_SHARE)) / 1024 ** 2) * 1024 ** 2,
      },
      use: {
        cpu: this.#cpu.read(),
        memory: (available['MemTotal'] ?? 0) - (available['MemAvailable'] ?? 0),
        load1: load1(),
      },
      providerNetworks: Object.entries(bridgeMappings).flatMap(([network, bridge]) =>
        links.has(bridge) ? [network] : [],
      ),
      addresses: Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
    };
  }

  async #inventory({ signal }: CallLimit): Promise<HostInventory> {
    if (this.#kept && Date.now() - this.#kept.at < KEEP_MS) return this.#kept.inventory;
    const { client } = this.#options.libvirt;
    const [machine, hypervisor, libvirt, ovs, timeSynchronised] = await Promise.all([
      machineRead(),
      client.hypervisorVersion({ signal }),
      client.libvirtVersion({ signal }),
      this.#options.ovsVersion(signal),
      timeSynchronisedRead(),
    ]);
    const { virtualisation } = this.#options;
    const inventory = { ...machine, virtualisation, hypervisor, libvirt, ovs, agent: AGENT_VERSION, timeSynchronised };
    // An answer that lacks a part is not worth keeping.
    if (ovs !== null) this.#kept = { at: Date.now(), inventory };
    return inventory;
  }
}
