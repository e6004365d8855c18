import { z } from 'zod';
import { clusterId, flavorId, storageClusterId } from '../ids.ts';
import { bytes } from './common.ts';

export const capacity = z.object({
  /** What guests may be promised: physical × over-commit − reserve. */
  total: z.number(),
  allocated: z.number(),
  /** In use now, measured on the hosts, as that share of `total` which is busy there: at `total` nothing is idle any more. Null where it is not known. */
  used: z.number().nullable(),
});
export type Capacity = z.infer<typeof capacity>;

export const computeCluster = z.object({
  id: clusterId,
  name: z.string(),
  architecture: z.enum(['x86_64', 'aarch64']),
  hosts: z.int(),
  hostsAvailable: z.int(),
  vms: z.int(),
  /** Per cent, 100–600 in steps of 50 (CLU-03). */
  cpuOvercommit: z.int(),
  memoryOvercommit: z.int(),
  vcpu: capacity,
  /** Bytes. */
  memory: capacity,
  /** Fewer than three hosts (CLU-01). */
  warnings: z.array(z.enum(['fewHosts', 'hostsDown', 'cpuFull', 'memoryFull'])),
});
export type ComputeCluster = z.infer<typeof computeCluster>;

export const storageCluster = z.object({
  id: storageClusterId,
  name: z.string(),
  pool: z.string(),
  media: z.enum(['ssd', 'hdd', 'nvme']),
  replicas: z.int(),
  failureDomain: z.enum(['host', 'rack', 'datacenter', 'osd']),
  health: z.enum(['healthy', 'warning', 'error', 'unknown']),
  /** Ceph's own health checks, by code, in its words. */
  checks: z.array(z.object({ code: z.string(), message: z.string() })),
  /** Bytes a client can store, after replication; `allocated` is the sum of thin disks. */
  capacity,
  disks: z.int(),
});
export type StorageCluster = z.infer<typeof storageCluster>;

export const flavor = z.object({
  id: flavorId,
  name: z.string(),
  vcpu: z.int(),
  memory: bytes,
  isDefault: z.boolean(),
});
export type Flavor = z.infer<typeof flavor>;
