import { z } from 'zod';
import { networkId, nicId, subnetId, vmId } from '../ids.ts';
import { cidrv4, ipv4, mac, name, note, timestamp } from './common.ts';

export const route = z.object({ destination: cidrv4, nextHop: ipv4 });

export const subnetInput = z.object({
  cidr: cidrv4,
  gateway: ipv4.nullable().default(null),
  dns: z.array(ipv4).max(4).default([]),
  /** Ranges that are never given automatically nor on request; single addresses are `a-a`. */
  excluded: z
    .array(z.object({ from: ipv4, to: ipv4 }))
    .max(64)
    .default([]),
  dhcp: z.boolean().default(true),
  /** Seconds, 300–604 800. */
  leaseTime: z.int().min(300).max(604_800).default(86_400),
  routes: z.array(route).max(32).default([]),
});
export type SubnetInput = z.infer<typeof subnetInput>;

export const networkInput = z.object({
  name,
  note: note.default(''),
  /** Name of the provider network (OVN bridge mapping) that the hosts' uplinks carry. */
  uplink: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,31}$/u),
  /** 0 = untagged. Unique per uplink. */
  vlan: z.int().min(0).max(4094),
  mtu: z.int().min(1280).max(9000).default(1500),
  /** Null = no address management: the network is only a wire. */
  subnet: subnetInput.nullable(),
});

export const network = networkInput.extend({
  id: networkId,
  state: z.enum(['creating', 'available', 'deleting', 'error']),
  reason: z.string().nullable(),
  subnet: subnetInput.extend({ id: subnetId, total: z.int(), used: z.int() }).nullable(),
  vms: z.int(),
  createdAt: timestamp,
});
export type Network = z.infer<typeof network>;

/** An address, or a range barred as one, that is not free, and who has it (NET-02). */
export const addressUse = z.object({
  address: ipv4,
  /** Last address of a range; null for a single address. */
  addressTo: ipv4.nullable(),
  use: z.enum(['gateway', 'excluded', 'nic', 'reserved', 'network', 'broadcast', 'dhcpServer']),
  mac: mac.nullable(),
  nicId: nicId.nullable(),
  vm: z.object({ id: vmId, name: z.string() }).nullable(),
});
