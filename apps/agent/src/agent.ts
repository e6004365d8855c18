/** A real host's agent, put together: drivers, journal, watch, door. */
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { CephClient, CephError } from '@basalt/ceph';
import { LibvirtHost } from '@basalt/libvirt';
import type { Logger } from '@basalt/service/log';
import { AgentMetrics } from './agent-metrics.ts';
import { CephAccess } from './drivers/ceph/storage-access.ts';
import { bootMarker } from './drivers/host/boot-marker.ts';
import { HostDomainFiles } from './drivers/host/domain-files.ts';
import { HostInspector } from './drivers/host/inspector.ts';
import { kvmWorks } from './drivers/host/kvm-probe.ts';
import { LibvirtHypervisor } from './drivers/libvirt/hypervisor.ts';
import { OvsChassis } from './drivers/ovs/chassis.ts';
import { doorOpen, type Door } from './door/server.ts';
import { regionIdentityOf, regionKeyOf, type Identity } from './door/identity-store.ts';
import { renewalStart } from './door/renewal.ts';
import { domainWatchStart } from './domain-watch.ts';
import type { AgentEnv } from './env.ts';
import { EventLog } from './event-log.ts';
import type { AgentHost, CallLimit } from './host.types.ts';
import { journalOpen } from './journal.ts';
import { KeyedQueue } from './queue.ts';

const STORAGE_ASK_MS = 3000;
const STORAGE_KEEP_MS = 30_000;

/** Whether the storage answers at all; which pools there are is the region's business. Asked at most every 30 s. */
function storageProbe(client: () => CephClient | null): (limit: CallLimit) => Promise<boolean | null> {
  let kept: { at: number; of: CephClient; answer: Promise<boolean> } | null = null;
  const ask = async (ceph: CephClient): Promise<boolean> => {
    try {
      await ceph.rbd.imageList('basalt-probe', { timeoutMs: STORAGE_ASK_MS });
    } catch (error) {
      // "No such pool" and "not for you" are answers of the cluster.
      return error instanceof CephError && ['not-found', 'permission', 'refused', 'invalid'].includes(error.kind);
    }
    return true;
  };
  return async () => {
    const ceph = client();
    if (!ceph) return null;
    if (kept?.of !== ceph || Date.now() - kept.at > STORAGE_KEEP_MS)
      kept = { at: Date.now(), of: ceph, answer: ask(ceph) };
    return kept.answer;
  };
}

/** The physical links under the host's own addresses: their loss is an alarm. */
const managedLinks = (): ReadonlySet<string> =>
  new Set(
    Object.entries(networkInterfaces()).flatMap(([name, all]) =>
      (all ?? []).some(({ internal }) => !internal) ? [name] : [],
    ),
  );

export interface RunningAgent {
  readonly host: AgentHost;
  readonly door: Door;
  close(): Promise<void>;
}

/** Starts serving. libvirt, Open vSwitch and Ceph may come later: the door says what is missing. */
export async function agentStart(env: AgentEnv, identity: Identity, log: Logger): Promise<RunningAgent> {
  const { membership } = identity;
  const region = regionIdentityOf(identity.own.certificate);
  const address = env.BASALT_AGENT_ADDRESS ?? membership.address;
  const wanted = env.BASALT_AGENT_VIRTUALISATION;
  const virtualisation = wanted === 'auto' ? ((await kvmWorks()) ? 'kvm' : 'tcg') : wanted;
  const boot = bootMarker(env.BASALT_AGENT_RUN_DIR);
  const libvirt = new LibvirtHost({ target: { kind: 'unix', path: env.BASALT_AGENT_LIBVIRT } });
  const hypervisor = new LibvirtHypervisor({
    host: libvirt,
    virtualisation,
    pidDirectory: env.BASALT_AGENT_LIBVIRT_RUN_DIR,
    log,
  });
  let ceph: CephClient | null = null;
  const access = new CephAccess({
    configDir: env.BASALT_AGENT_CEPH_DIR,
    stateDir: env.BASALT_AGENT_STATE_DIR,
    open: (config) => {
      const opened = new CephClient(config);
      ceph = opened;
      return Object.assign(opened.rbd, { close: () => opened.close() });
    },
  });
  const chassis = new OvsChassis({
    endpoint: env.BASALT_AGENT_OVS,
    hostName: membership.hostName,
    datapath: env.BASALT_AGENT_DATAPATH,
    encapIp: env.BASALT_AGENT_ENCAP_IP ?? null,
    bridgeMappings: env.BASALT_AGENT_BRIDGE_MAPPINGS,
  });
  const inspector = new HostInspector({
    libvirt,
    ovsVersion: (signal) => chassis.version(signal),
    bridgeMappings: env.BASALT_AGENT_BRIDGE_MAPPINGS,
    virtualisation,
    storageReachable: storageProbe(() => (access.storage() ? ceph : null)),
    vcpus: env.BASALT_AGENT_VCPUS,
    memory: env.BASALT_AGENT_MEMORY,
  });
  const journal = await journalOpen(join(env.BASALT_AGENT_STATE_DIR, 'journal.jsonl'));
  let present = identity;
  const metrics = new AgentMetrics({
    labels: { region: regionKeyOf(identity.own.certificate), host: membership.hostId },
    libvirt,
    hypervisor,
    certificate: () => present.own.certificate,
    directories: ['/', env.BASALT_AGENT_STATE_DIR],
    managedLinks: managedLinks(),
    log,
  });
  const host: AgentHost = {
    hostId: membership.hostId,
    hostName: membership.hostName,
    boot,
    hypervisor,
    access,
    chassis,
    files: new HostDomainFiles({ stateDir: env.BASALT_AGENT_STATE_DIR, runDir: join(env.BASALT_AGENT_RUN_DIR, 'vm') }),
    settings: { integrationBridge: 'br-int', offloads: env.BASALT_AGENT_DATAPATH === 'userspace' ? 'off' : 'default' },
    journal,
    queue: new KeyedQueue(),
    events: new EventLog(),
    log,
    running: new Map(),
    inspect: (limit) => inspector.inspect(limit),
    metrics: (limit) => metrics.text(limit),
  };
  const watchStop = domainWatchStart(host, {
    // The secret lives in libvirtd's memory only.
    onConnected: async () => {
      const secret = access.secret();
      if (secret)
        await hypervisor.secretEnsure(secret.secretId, secret.user, secret.key, {
          signal: AbortSignal.timeout(10_000),
        });
    },
  });
  libvirt.connect().catch((error: unknown) => log.warn({ error }, 'libvirt does not answer yet'));
  const door = await doorOpen({
    own: identity.own,
    ca: identity.ca,
    region,
    address,
    port: env.BASALT_AGENT_PORT,
    resolve: (path) => ({ host, rest: path }),
    log,
  });
  const renewalStop = renewalStart(identity, {
    stateDir: env.BASALT_AGENT_STATE_DIR,
    log,
    onRenewed: (renewed) => {
      present = renewed;
      door.certificateUse(renewed.own, renewed.ca);
    },
  });
  log.info({ address, port: door.port, virtualisation, hostId: membership.hostId, boot: boot.id }, 'agent serves');
  return {
    host,
    door,
    close: async () => {
      renewalStop();
      watchStop();
      await door.close();
      await Promise.all([libvirt.close(), chassis.close(), access.close(), journal.close()]);
    },
  };
}
