/** Flat networks, their subnet and the addresses in use. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Network, NetworkId, NicId, SubnetId, SubnetInput, VmId } from '@basalt/contract';
import { address, bytes, id, instant } from './columns.ts';

export const networks = pgTable(
  'networks',
  {
    id: id<NetworkId>('id').primaryKey(),
    name: text('name').notNull(),
    note: text('note').notNull().default(''),
    uplink: text('uplink').notNull(),
    /** 0 = untagged. */
    vlan: integer('vlan').notNull(),
    mtu: integer('mtu').notNull(),
    state: text('state').$type<Network['state']>().notNull(),
    reason: text('reason'),
    createdAt: instant('created_at').notNull().defaultNow(),
    deletedAt: instant('deleted_at'),
  },
  (t) => [
    uniqueIndex('networks_uplink_vlan_live')
      .on(t.uplink, t.vlan)
      .where(sql`deleted_at is null`),
    uniqueIndex('networks_name_live')
      .on(t.name)
      .where(sql`deleted_at is null`),
  ],
);

export const subnets = pgTable('subnets', {
  id: id<SubnetId>('id').primaryKey(),
  networkId: id<NetworkId>('network_id')
    .notNull()
    .unique()
    .references(() => networks.id, { onDelete: 'cascade' }),
  cidr: text('cidr').notNull(),
  gateway: address('gateway'),
  dns: jsonb('dns').$type<string[]>().notNull(),
  excluded: jsonb('excluded').$type<SubnetInput['excluded']>().notNull(),
  dhcp: boolean('dhcp').notNull(),
  /** Address OVN answers DHCP from: the gateway's, or where there is none one taken out of the range. */
  dhcpServer: address('dhcp_server').notNull(),
  /** Seconds. */
  leaseTime: integer('lease_time').notNull(),
  routes: jsonb('routes').$type<SubnetInput['routes']>().notNull(),
  /** Offset in the range of the address given last: the search goes on behind it, so that freed ones rest. */
  lastOffset: bytes('last_offset').notNull().default(0),
});

/** The primary key is what keeps two NICs from getting one address. */
export const addresses = pgTable(
  'addresses',
  {
    subnetId: id<SubnetId>('subnet_id')
      .notNull()
      .references(() => subnets.id, { onDelete: 'cascade' }),
    address: address('address').notNull(),
    state: text('state').$type<'nic' | 'reserved'>().notNull().default('nic'),
    nicId: id<NicId>('nic_id').unique(),
    vmId: id<VmId>('vm_id'),
    since: instant('since').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.subnetId, t.address] }), index('addresses_vm').on(t.vmId)],
);
