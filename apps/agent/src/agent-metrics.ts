/** `GET /metrics` of a real host. Scrapes within five seconds get the same text: asking twice costs once. */
import { expiryOf } from '@basalt/service/pki';
import type { LibvirtHost } from '@basalt/libvirt';
import type { CallLimit, HostLog, Hypervisor } from './host.types.ts';
import { Exposition } from './exposition.ts';
import { hostMetricsAdd, type HostMetricsOptions } from './drivers/host/host-metrics.ts';
import { vmMetricsAdd } from './drivers/libvirt/vm-metrics.ts';

const KEEP_MS = 5000;

export interface AgentMetricsOptions extends HostMetricsOptions {
  readonly labels: Readonly<Record<string, string>>;
  readonly libvirt: LibvirtHost;
  readonly hypervisor: Hypervisor;
  readonly certificate: () => string;
  readonly log: HostLog;
}

export class AgentMetrics {
  readonly #options: AgentMetricsOptions;
  #kept: { at: number; text: Promise<string> } | null = null;

  constructor(options: AgentMetricsOptions) {
    this.#options = options;
  }

  text(limit: CallLimit): Promise<string> {
    if (!this.#kept || Date.now() - this.#kept.at > KEEP_MS) {
      const text = this.#make(limit);
      this.#kept = { at: Date.now(), text };
      text.catch(() => (this.#kept = null));
    }
    return this.#kept.text;
  }

  async #make(limit: CallLimit): Promise<string> {
    const { labels, libvirt, certificate, log } = this.#options;
    const out = new Exposition(labels);
    await hostMetricsAdd(out, this.#options);
    out.add('basalt_certificate_expiry_timestamp_seconds', 'gauge', expiryOf(certificate()).getTime() / 1000, {
      service: 'agent',
    });
    out.add('basalt_agent_resident_bytes', 'gauge', process.memoryUsage.rss());
    out.add('basalt_agent_libvirt_up', 'gauge', libvirt.connected ? 1 : 0);
    try {
      await this.#vmsAdd(out, limit);
    } catch (error) {
      // The host's own series are worth having while libvirt is away.
      log.warn({ error }, 'statistics of the domains cannot be read');
    }
    return out.text();
  }

  async #vmsAdd(out: Exposition, limit: CallLimit): Promise<void> {
    const { libvirt, hypervisor } = this.#options;
    const groups = { state: true, cpuTotal: true, balloon: true, vcpu: true, interface: true, block: true };
    const [stats, seen] = await Promise.all([
      libvirt.client.domainStats(groups, { active: true, nowait: true }, { signal: limit.signal }),
      hypervisor.domainList(limit),
    ]);
    const own = new Map(seen.filter(({ mark }) => mark !== null).map((one) => [one.uuid, one]));
    const startedAt = new Map(
      [...own].flatMap(([uuid, one]) => (one.startedAt === null ? [] : [[uuid, Date.parse(one.startedAt)] as const])),
    );
    vmMetricsAdd(
      out,
      stats.filter(({ domain }) => own.has(domain.uuid)),
      startedAt,
    );
    out.add('basalt_host_vms_running', 'gauge', stats.filter(({ domain }) => own.has(domain.uuid)).length);
  }
}
