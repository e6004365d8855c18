import { z } from 'zod';
import { clusterId, hostId } from '../ids.ts';
import { hostState } from '../states.ts';
import { capacity } from './cluster.ts';
import { bytes, ipv4, timestamp } from './common.ts';

export const hostInventory = z.object({
  serial: z.string().nullable(),
  vendor: z.string().nullable(),
  model: z.string().nullable(),
  cpuModel: z.string(),
  architecture: z.enum(['x86_64', 'aarch64']),
  sockets: z.int(),
  cores: z.int(),
  threads: z.int(),
  memory: bytes,
  numa: z.array(z.object({ node: z.int(), cpus: z.array(z.int()), memory: bytes })),
  hugepages: z.array(z.object({ size: bytes, total: z.int(), free: z.int() })),
  iommu: z.boolean(),
  virtualisation: z.enum(['kvm', 'tcg']),
  kernel: z.string(),
  hypervisor: z.string(),
  libvirt: z.string(),
  ovs: z.string().nullable(),
  agent: z.string(),
  timeSynchronised: z.boolean().nullable(),
  nics: z.array(
    z.object({
      name: z.string(),
      mac: z.string(),
      mtu: z.int(),
      speed: z.int().nullable(),
      up: z.boolean(),
      addresses: z.array(z.string()),
    }),
  ),
  disks: z.array(z.object({ name: z.string(), size: bytes, model: z.string().nullable(), rotational: z.boolean() })),
});
export type HostInventory = z.infer<typeof hostInventory>;

/** One finding of the pre-checks at enrolment (HOST-02). */
export const hostCheck = z.object({
  key: z.enum(['virtualisation', 'time', 'version', 'network', 'storage', 'memory', 'hypervisor']),
  verdict: z.enum(['passed', 'warning', 'failed']),
  found: z.string(),
  wanted: z.string(),
});

export const host = z.object({
  id: hostId,
  name: z.string(),
  address: ipv4,
  cluster: z.object({ id: clusterId, name: z.string() }),
  state: hostState,
  /** Why it is in this state, when it failed or degraded (BRD-06). */
  reason: z.string().nullable(),
  inventory: hostInventory.nullable(),
  vcpu: capacity,
  memory: capacity,
  /** 0–1, over the last minute. */
  cpuUse: z.number().nullable(),
  load1: z.number().nullable(),
  vms: z.int(),
  bootedAt: timestamp.nullable(),
  seenAt: timestamp.nullable(),
  /** Whether the region hears its agent now; false too in the first moments after the region has been restarted. */
  connected: z.boolean(),
  checks: z.array(hostCheck),
});
export type Host = z.infer<typeof host>;
