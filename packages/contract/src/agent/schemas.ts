import { z } from 'zod';
import { diskId, hostId, nicId, operationId, vmId } from '../ids.ts';
import { bytes, ipv4, mac, timestamp } from '../schemas/common.ts';
import { hostCheck, hostInventory } from '../schemas/host.ts';
import { cpuMode, guestFacts } from '../schemas/vm.ts';
import { firmware } from '../schemas/image.ts';

/** Head of every ensure operation. */
export const ensureInput = z.object({
  operationId,
  /** When the region stops waiting; the agent gives up before. */
  deadline: timestamp,
});

/** Grows with every placement decision of a VM; a host refuses an epoch lower than the last it obeyed. */
export const epoch = z.int().nonnegative();
export const vmEnsureInput = ensureInput.extend({ vmId, epoch });

/** RBD pools and images are named by the region; nothing of it comes from a user. */
export const rbdName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/u);
export const rbdImage = z.object({ pool: rbdName, image: rbdName });

export const chassisSpec = z.object({
  systemId: hostId,
  /** `tcp:address:port` or `ssl:…`, several with commas: OVN southbound. */
  ovnRemote: z.string().regex(/^(tcp|ssl):[0-9a-fA-F.:[\]]+(,(tcp|ssl):[0-9a-fA-F.:[\]]+)*$/u),
  encapType: z.literal('geneve'),
  /** Where tunnels end on this host; null = the agent takes the host's own setting. */
  encapIp: ipv4.nullable(),
  /** Provider network → OVS bridge; null = what the host has been set up with. */
  bridgeMappings: z.record(z.string(), z.string()).nullable(),
});
export type ChassisSpec = z.infer<typeof chassisSpec>;

export const storageAccessSpec = z.object({
  fsid: z.uuid(),
  monHosts: z.array(z.string()).min(1),
  user: rbdName,
  /** cephx key; stored in the host's keyring and libvirt's secret store only. */
  key: z.string(),
  /** UUID of the libvirt secret. */
  secretId: z.uuid(),
});
export type StorageAccessSpec = z.infer<typeof storageAccessSpec>;

export const diskSpec = z.object({
  diskId,
  at: rbdImage,
  size: bytes,
  /** Copy-on-write source; null = empty. */
  parent: rbdImage.extend({ snapshot: rbdName }).nullable(),
});
export type DiskSpec = z.infer<typeof diskSpec>;

export const domainDisk = z.object({
  diskId,
  device: z.string().regex(/^vd[a-z]$/u),
  at: rbdImage,
  bootOrder: z.int().min(1).max(32).nullable(),
});

export const domainNic = z.object({
  nicId,
  mac,
  model: z.enum(['virtio', 'e1000']),
  mtu: z.int(),
  /** Name of the OVN logical switch port: the NIC's id. */
  portName: z.string(),
  bootOrder: z.int().min(1).max(32).nullable(),
});

/** NoCloud seed; the agent writes it to an ISO on the host and puts it into the first CD-ROM drive. */
export const cloudInitSpec = z.object({
  instanceId: z.string(),
  hostName: z.string(),
  userData: z.string().max(65_536),
  networkConfig: z.string().max(65_536),
});

export const domainSpec = z.object({
  vmId,
  /** libvirt's domain name: `vm-<uuid>`; the user's name stands in the title. */
  title: z.string(),
  vcpu: z.int(),
  memory: bytes,
  firmware,
  cpuMode,
  disks: z.array(domainDisk).min(1),
  nics: z.array(domainNic),
  cloudInit: cloudInitSpec.nullable(),
  cephUser: rbdName,
  cephSecretId: z.uuid(),
  cephMonHosts: z.array(z.string()),
});
export type DomainSpec = z.infer<typeof domainSpec>;

export const domainState = z.enum([
  'absent',
  'shutoff',
  'running',
  'paused',
  'shutdown',
  'crashed',
  'pmsuspended',
  'blocked',
]);
export type DomainState = z.infer<typeof domainState>;

export const domainFacts = z.object({
  vmId: vmId.nullable(),
  /** libvirt name and UUID; a domain without our metadata is foreign: reported, never touched. */
  name: z.string(),
  uuid: z.uuid(),
  foreign: z.boolean(),
  state: domainState,
  /** libvirt's reason of the state, for example `shutdown`, `destroyed`, `crashed`, `ioerror`. */
  reason: z.string(),
  epoch: epoch.nullable(),
  startedAt: timestamp.nullable(),
});
export type DomainFacts = z.infer<typeof domainFacts>;

export const hostFacts = z.object({
  hostId: hostId.nullable(),
  hostName: z.string(),
  bootId: z.string(),
  bootedAt: timestamp,
  at: timestamp,
  inventory: hostInventory,
  checks: z.array(hostCheck),
  /** What may be given to guests: the machine, or the share of it that the agent's configuration allows. */
  capacity: z.object({ vcpu: z.int(), memory: bytes }),
  use: z.object({ cpu: z.number(), memory: bytes, load1: z.number() }),
  domains: z.array(domainFacts),
  /** Provider networks this host carries. */
  providerNetworks: z.array(z.string()),
  /** Sequence number of the last event that these facts include. */
  sequence: z.int(),
});
export type HostFacts = z.infer<typeof hostFacts>;

export const agentEvent = z.discriminatedUnion('type', [
  z.object({ sequence: z.int(), at: timestamp, type: z.literal('domain'), domain: domainFacts, cause: z.string() }),
  z.object({ sequence: z.int(), at: timestamp, type: z.literal('guest'), vmId, guest: guestFacts }),
  z.object({ sequence: z.int(), at: timestamp, type: z.literal('libvirt'), connected: z.boolean() }),
  /** The agent restarted or dropped events: ask for the facts again. */
  z.object({ sequence: z.int(), at: timestamp, type: z.literal('resync') }),
]);
export type AgentEvent = z.infer<typeof agentEvent>;
