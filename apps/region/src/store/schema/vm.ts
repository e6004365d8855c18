/**
 * Virtual machines with their disks and NICs. The row says what is wanted (`desiredPower`, spec) and what is known
 * (`state`, `hostId`); reconcilers compare it with what agents report. A destroyed VM keeps its row, nothing else.
 */
import { sql } from 'drizzle-orm';
import { bigserial, boolean, index, integer, jsonb, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import type {
  AccountId,
  ClusterId,
  DiskId,
  DiskState,
  FlavorId,
  GuestFacts,
  HostId,
  ImageId,
  NetworkId,
  NicId,
  Placement,
  StorageClusterId,
  SubnetId,
  Vm,
  VmId,
  VmState,
} from '@basalt/contract';
import { address, bytes, id, instant } from './columns.ts';
import { computeClusters, hosts } from './compute.ts';
import { networks } from './network.ts';
import { images, storageClusters } from './storage.ts';

export const vms = pgTable(
  'vms',
  {
    id: id<VmId>('id').primaryKey(),
    name: text('name').notNull(),
    note: text('note').notNull().default(''),
    state: text('state').$type<VmState>().notNull(),
    /** As shown to the operator: why it failed or what it waits for. Both languages by `both()`. */
    reason: text('reason'),
    stateSince: instant('state_since').notNull().defaultNow(),
    desiredPower: text('desired_power').$type<'on' | 'off'>().notNull(),
    clusterId: id<ClusterId>('cluster_id')
      .notNull()
      .references(() => computeClusters.id),
    /** Where it runs, or where its domain was last defined; null = nowhere yet. */
    hostId: id<HostId>('host_id').references(() => hosts.id),
    /** Grows with every placement; agents refuse older ones. */
    epoch: integer('epoch').notNull().default(0),
    imageId: id<ImageId>('image_id').references(() => images.id),
    flavorId: id<FlavorId>('flavor_id'),
    vcpu: integer('vcpu').notNull(),
    memory: bytes('memory').notNull(),
    firmware: text('firmware').$type<Vm['firmware']>().notNull(),
    cpuMode: text('cpu_mode').$type<Vm['cpuMode']>().notNull(),
    osFamily: text('os_family').$type<Vm['osFamily']>().notNull(),
    hostName: text('host_name').notNull(),
    cloudInit: boolean('cloud_init').notNull(),
    defaultUser: text('default_user').notNull(),
    sshKeys: jsonb('ssh_keys').$type<string[]>().notNull().default([]),
    /** Sealed with the region's key; never leaves the region but inside a seed. */
    passwordSealed: text('password_sealed'),
    dns: jsonb('dns').$type<string[]>().notNull().default([]),
    protected: boolean('protected').notNull().default(false),
    ownerId: id<AccountId>('owner_id').notNull(),
    ownerName: text('owner_name').notNull(),
    guest: jsonb('guest').$type<GuestFacts>(),
    /** Of the first NIC, for sorting. */
    firstAddress: address('first_address'),
    /** All it is searched by, lower case: name, id, host name, addresses, MACs. Kept by the store's vm functions. */
    search: text('search').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    deletedAt: instant('deleted_at'),
    destroyedAt: instant('destroyed_at'),
  },
  (t) => [
    uniqueIndex('vms_name_live')
      .on(t.name)
      .where(sql`state <> 'destroyed'`),
    index('vms_by_created')
      .on(t.createdAt, t.id)
      .where(sql`state not in ('deleted', 'destroyed')`),
    index('vms_by_name')
      .on(t.name, t.id)
      .where(sql`state not in ('deleted', 'destroyed')`),
    index('vms_by_state')
      .on(t.state, t.id)
      .where(sql`state not in ('deleted', 'destroyed')`),
    index('vms_by_vcpu')
      .on(t.vcpu, t.id)
      .where(sql`state not in ('deleted', 'destroyed')`),
    index('vms_by_memory')
      .on(t.memory, t.id)
      .where(sql`state not in ('deleted', 'destroyed')`),
    index('vms_by_address')
      .on(t.firstAddress, t.id)
      .where(sql`state not in ('deleted', 'destroyed')`),
    index('vms_by_host')
      .on(t.hostId, t.id)
      .where(sql`state not in ('deleted', 'destroyed')`),
    index('vms_by_image').on(t.imageId),
    index('vms_by_owner').on(t.ownerId),
    index('vms_search').using('gin', t.search.op('gin_trgm_ops')),
  ],
);

export const disks = pgTable(
  'disks',
  {
    id: id<DiskId>('id').primaryKey(),
    vmId: id<VmId>('vm_id').references(() => vms.id),
    name: text('name').notNull(),
    role: text('role').$type<'system' | 'data'>().notNull(),
    /** 0 = vda, 1 = vdb …; also the boot order. */
    index: integer('index').notNull(),
    size: bytes('size').notNull(),
    usedBytes: bytes('used_bytes'),
    state: text('state').$type<DiskState>().notNull(),
    storageClusterId: id<StorageClusterId>('storage_cluster_id')
      .notNull()
      .references(() => storageClusters.id),
    /** Name in the pool: `disk-<id>`. */
    rbdImage: text('rbd_image').notNull(),
    /** Copy-on-write source; null = empty. */
    imageId: id<ImageId>('image_id').references(() => images.id),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    unique('disks_vm_index').on(t.vmId, t.index),
    index('disks_storage').on(t.storageClusterId, t.size),
    index('disks_image').on(t.imageId),
  ],
);

/** A NIC's id is the name of its OVN port. Rows go when the VM is destroyed, so `mac` is unique among the living. */
export const nics = pgTable(
  'nics',
  {
    id: id<NicId>('id').primaryKey(),
    vmId: id<VmId>('vm_id')
      .notNull()
      .references(() => vms.id),
    index: integer('index').notNull(),
    networkId: id<NetworkId>('network_id')
      .notNull()
      .references(() => networks.id),
    subnetId: id<SubnetId>('subnet_id'),
    mac: text('mac').notNull().unique(),
    address: address('address'),
    model: text('model').$type<'virtio' | 'e1000'>().notNull(),
    /** Whether OVN has bound the port; null = not known. */
    up: boolean('up'),
  },
  (t) => [unique('nics_vm_index').on(t.vmId, t.index), index('nics_network').on(t.networkId)],
);

/** Every placement decision with its reasons (SCH-02). */
export const placements = pgTable(
  'placements',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    vmId: id<VmId>('vm_id').notNull(),
    decidedAt: instant('decided_at').notNull().defaultNow(),
    placement: jsonb('placement').$type<Placement>().notNull(),
  },
  (t) => [index('placements_vm').on(t.vmId, t.id)],
);
