import { z } from 'zod';
import { clusterId, diskId, flavorId, hostId, imageId, networkId, nicId, storageClusterId, vmId } from '../ids.ts';
import { diskState, vmState } from '../states.ts';
import { bytes, ipv4, listInput, mac, mutationInput, name, note, sortOrder, timestamp } from './common.ts';
import { firmware, osFamily } from './image.ts';

const GIB = 1024 ** 3;

/** 1, then even numbers up to 240 (VM-03). */
export const vcpu = z
  .int()
  .min(1)
  .max(240)
  .refine((n) => n === 1 || n % 2 === 0, { error: 'oneOrEven' });
/** Bytes: 1 GiB, then even GiB up to 1024 (VM-03). */
export const vmMemory = bytes.refine(
  (n) => n % GIB === 0 && (n === GIB || ((n / GIB) % 2 === 0 && n > 0 && n <= 1024 * GIB)),
  { error: 'oneOrEvenGib' },
);
/** Bytes: whole GiB, 10–32 768 (DISK-01). */
export const diskSize = bytes.refine((n) => n % GIB === 0 && n >= 10 * GIB && n <= 32_768 * GIB, { error: 'diskSize' });

/** Linux host names (VM-17); the Windows rule (2–15, no dot) is asked when the image is known. */
export const guestHostName = z
  .string()
  .min(2)
  .max(63)
  .regex(/^(?!\d+$)[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$/u, 'hostName');

export const cpuMode = z.enum(['custom', 'host-model', 'host-passthrough']);

export const nicInput = z.object({
  networkId,
  /** Left out = the next free one. Only where the network manages addresses. */
  address: ipv4.optional(),
  mac: mac.optional(),
  model: z.enum(['virtio', 'e1000']).default('virtio'),
});

export const diskInput = z.object({ size: diskSize, storageClusterId: storageClusterId.optional() });

export const vmCreateInput = mutationInput.extend({
  name,
  note: note.default(''),
  /** 1–100; more than one get ordered suffixes `-01`, `-02` … (VM-01). */
  count: z.int().min(1).max(100).default(1),
  startIndex: z.int().min(0).max(9999).default(1),
  clusterId: clusterId.optional(),
  imageId,
  flavorId: flavorId.optional(),
  /** Own size instead of a flavour. */
  vcpu: vcpu.optional(),
  memory: vmMemory.optional(),
  systemDisk: z
    .object({ size: diskSize.default(40 * GIB), storageClusterId: storageClusterId.optional() })
    .prefault({}),
  dataDisks: z.array(diskInput).max(25).default([]),
  nics: z.array(nicInput).min(1).max(8),
  hostName: guestHostName.optional(),
  firmware: firmware.optional(),
  cpuMode: cpuMode.default('custom'),
  /** For the image's default user, through cloud-init. Stored only encrypted, never returned. */
  password: z.string().min(6).max(30).optional(),
  sshKeys: z
    .array(
      z
        .string()
        .regex(/^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/=]+( [^\r\n]{0,200})?$/u, 'sshKey')
        .max(8192),
    )
    .max(16)
    .default([]),
  dns: z.array(ipv4).max(2).default([]),
  start: z.boolean().default(true),
  protected: z.boolean().default(false),
});
export type VmCreateInput = z.infer<typeof vmCreateInput>;

export const vmDisk = z.object({
  id: diskId,
  role: z.enum(['system', 'data']),
  /** Device name in the guest: vda, vdb … */
  device: z.string(),
  name: z.string(),
  size: bytes,
  used: bytes.nullable(),
  state: diskState,
  storageCluster: z.object({ id: storageClusterId, name: z.string() }),
});

export const vmNic = z.object({
  id: nicId,
  index: z.int(),
  network: z.object({ id: networkId, name: z.string(), vlan: z.int() }),
  mac: z.string(),
  address: z.string().nullable(),
  model: z.string(),
  /** Whether OVN has bound the port on a host. */
  up: z.boolean().nullable(),
});

export const vmSummary = z.object({
  id: vmId,
  name: z.string(),
  note: z.string(),
  state: vmState,
  /** Why it failed, or what it waits for (BRD-06). */
  reason: z.string().nullable(),
  /** 0–1 while a task is at work on it. */
  progress: z.number().nullable(),
  task: z.object({ id: z.string(), kind: z.string(), step: z.string().nullable() }).nullable(),
  host: z.object({ id: hostId, name: z.string() }).nullable(),
  cluster: z.object({ id: clusterId, name: z.string() }),
  image: z.object({ id: imageId, name: z.string() }).nullable(),
  vcpu: z.int(),
  memory: bytes,
  addresses: z.array(z.string()),
  protected: z.boolean(),
  owner: z.object({ id: z.string(), name: z.string() }),
  createdAt: timestamp,
  stateSince: timestamp,
  /** Event sequence of this version: a client keeps the newer of two. */
  version: z.int(),
});
export type VmSummary = z.infer<typeof vmSummary>;

export const guestFacts = z.object({
  agent: z.enum(['running', 'absent', 'unknown']),
  agentVersion: z.string().nullable(),
  hostName: z.string().nullable(),
  os: z.string().nullable(),
  interfaces: z.array(z.object({ name: z.string(), mac: z.string(), addresses: z.array(z.string()) })),
  seenAt: timestamp,
});
export type GuestFacts = z.infer<typeof guestFacts>;

export const vm = vmSummary.extend({
  hostName: z.string(),
  osFamily,
  firmware,
  cpuMode,
  dns: z.array(z.string()),
  disks: z.array(vmDisk),
  nics: z.array(vmNic),
  guest: guestFacts.nullable(),
  deletedAt: timestamp.nullable(),
  startedAt: timestamp.nullable(),
});
export type Vm = z.infer<typeof vm>;

export const vmSortField = z.enum(['name', 'state', 'host', 'vcpu', 'memory', 'createdAt', 'address']);

export const vmFilter = z.object({
  state: z.array(vmState).max(20).optional(),
  hostId: z.array(hostId).max(100).optional(),
  clusterId: z.array(clusterId).max(100).optional(),
  networkId: z.array(networkId).max(100).optional(),
  imageId: z.array(imageId).max(100).optional(),
  ownerId: z.array(z.uuid()).max(100).optional(),
});

export const vmListInput = listInput.extend({
  sort: z.object({ field: vmSortField, order: sortOrder }).default({ field: 'createdAt', order: 'desc' }),
  filter: vmFilter.default({}),
});
