/** Clusters, hosts and what is allocated on them. */
import { sql } from 'drizzle-orm';
import { boolean, doublePrecision, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { AccountId, ClusterId, FlavorId, HostId, HostInventory, HostState, VmId } from '@basalt/contract';
import type { hostCheck } from '@basalt/contract';
import type { z } from 'zod';
import { address, bytes, id, instant } from './columns.ts';

export const computeClusters = pgTable('compute_clusters', {
  id: id<ClusterId>('id').primaryKey(),
  name: text('name').notNull().unique(),
  architecture: text('architecture').$type<'x86_64' | 'aarch64'>().notNull().default('x86_64'),
  /** Per cent. */
  cpuOvercommit: integer('cpu_overcommit').notNull().default(100),
  memoryOvercommit: integer('memory_overcommit').notNull().default(100),
  isDefault: boolean('is_default').notNull().default(false),
  createdAt: instant('created_at').notNull().defaultNow(),
});

export const flavors = pgTable('flavors', {
  id: id<FlavorId>('id').primaryKey(),
  name: text('name').notNull().unique(),
  vcpu: integer('vcpu').notNull(),
  memory: bytes('memory').notNull(),
  isDefault: boolean('is_default').notNull().default(false),
  rank: integer('rank').notNull().default(0),
});

export const hosts = pgTable(
  'hosts',
  {
    id: id<HostId>('id').primaryKey(),
    name: text('name').notNull(),
    clusterId: id<ClusterId>('cluster_id')
      .notNull()
      .references(() => computeClusters.id),
    /** Where its agent listens. The path prefix tells simulated hosts of one process apart; real ones have ''. */
    address: address('address').notNull(),
    port: integer('port').notNull(),
    pathPrefix: text('path_prefix').notNull().default(''),
    state: text('state').$type<HostState>().notNull(),
    /** What the operator wants of it; `state` returns to this when it comes back after a failure. */
    wantedState: text('wanted_state').$type<'available' | 'locked' | 'maintenance'>().notNull().default('available'),
    reason: text('reason'),
    stateSince: instant('state_since').notNull().defaultNow(),
    architecture: text('architecture').$type<'x86_64' | 'aarch64'>().notNull().default('x86_64'),
    virtualisation: text('virtualisation').$type<'kvm' | 'tcg'>(),
    inventory: jsonb('inventory').$type<HostInventory>(),
    checks: jsonb('checks').$type<z.infer<typeof hostCheck>[]>().notNull().default([]),
    providerNetworks: text('provider_networks')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** What the agent says may be given to guests, before over-commit; 0 until its first facts. */
    capacityVcpu: integer('capacity_vcpu').notNull().default(0),
    capacityMemory: bytes('capacity_memory').notNull().default(0),
    /** Kept back for the host itself, taken off after over-commit. */
    reserveVcpu: integer('reserve_vcpu').notNull().default(0),
    reserveMemory: bytes('reserve_memory').notNull().default(0),
    /** Sums of host_allocations, kept by the allocation functions of the store and by nothing else. */
    allocatedVcpu: integer('allocated_vcpu').notNull().default(0),
    allocatedMemory: bytes('allocated_memory').notNull().default(0),
    cpuUse: doublePrecision('cpu_use'),
    load1: doublePrecision('load1'),
    memoryUsed: bytes('memory_used'),
    agentVersion: text('agent_version'),
    bootId: text('boot_id'),
    bootedAt: instant('booted_at'),
    seenAt: instant('seen_at'),
    /**
     * Token of the leader's lease under which its agent is being heard. Another number, or none: nobody hears it now, so
     * that after a change of leader or a restart no host is believed in before it has been heard again.
     */
    connectedUnder: bytes('connected_under'),
    /** Last event of the agent that is worked in. */
    eventSequence: bytes('event_sequence').notNull().default(0),
    certificateFingerprint: text('certificate_fingerprint'),
    certificateExpiresAt: instant('certificate_expires_at'),
    enrolledAt: instant('enrolled_at').notNull().defaultNow(),
    removedAt: instant('removed_at'),
  },
  (t) => [
    uniqueIndex('hosts_name_live')
      .on(t.name)
      .where(sql`removed_at is null`),
    index('hosts_cluster').on(t.clusterId),
  ],
);

/** What one VM takes on one host: from its placement until it is stopped, deleted or failed. */
export const hostAllocations = pgTable(
  'host_allocations',
  {
    vmId: id<VmId>('vm_id').primaryKey(),
    hostId: id<HostId>('host_id')
      .notNull()
      .references(() => hosts.id),
    vcpu: integer('vcpu').notNull(),
    memory: bytes('memory').notNull(),
    since: instant('since').notNull().defaultNow(),
  },
  (t) => [index('host_allocations_host').on(t.hostId)],
);

/** One-time tokens by which hosts join; only the SHA-256 is kept. */
export const enrolTokens = pgTable('enrol_tokens', {
  hash: text('hash').primaryKey(),
  hostName: text('host_name').notNull(),
  clusterId: id<ClusterId>('cluster_id')
    .notNull()
    .references(() => computeClusters.id),
  createdBy: id<AccountId>('created_by').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
  hostId: id<HostId>('host_id'),
  /** SHA-256 of the public key that it was used with: whoever holds that key may ask again when the answer was lost. */
  usedKey: text('used_key'),
});
