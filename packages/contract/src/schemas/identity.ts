/** Accounts, groups, roles and what they may do (IAM-02…IAM-06, IAM-17…IAM-19, IAM-22). */
import { z } from 'zod';
import {
  accountGroupId,
  accountId,
  apiKeyId,
  bindingId,
  clusterId,
  hostId,
  regionKey,
  roleId,
  sessionId,
  vmId,
} from '../ids.ts';
import { builtInRoles, permission, type BuiltInRole } from '../permissions.ts';
import { email } from './account.ts';
import { name, note, timestamp } from './common.ts';

export const accountLevel = z.enum(['system', 'region']);
export const builtInRole = z.enum(Object.keys(builtInRoles) as [BuiltInRole, ...BuiltInRole[]]);
/** A built-in role by its key, a custom one by its id. */
export const roleRef = z.union([builtInRole, roleId]);
export type RoleRef = z.infer<typeof roleRef>;

/**
 * Objects that a binding is narrowed to (IAM-22): these VMs, the VMs that stand on these hosts or in these clusters, and
 * those hosts and clusters themselves. Permissions to read what is shared (images, flavours, networks) are not narrowed.
 */
export const resourceScope = z.object({
  clusters: z.array(clusterId).max(100).default([]),
  hosts: z.array(hostId).max(500).default([]),
  vms: z.array(vmId).max(1000).default([]),
});
export type ResourceScope = z.infer<typeof resourceScope>;

/** A role given to an account or group. `scope` null: wherever the account's regions reach. */
export const roleBindingInput = z.object({ role: roleRef, scope: resourceScope.nullable().default(null) });
export const roleBinding = roleBindingInput.extend({ id: bindingId, roleName: z.string() });
export type RoleBinding = z.infer<typeof roleBinding>;

/**
 * Everything an account may do, resolved from its bindings, its groups' and its key's narrowing: what holds everywhere in
 * its regions, what holds for its own resources only, and what holds for chosen resources.
 */
export const effectivePermissions = z.object({
  permissions: z.array(permission),
  own: z.array(permission),
  scoped: z.array(z.object({ permissions: z.array(permission), scope: resourceScope })),
  /** Null: all regions. */
  regions: z.array(regionKey).nullable(),
});
export type EffectivePermissions = z.infer<typeof effectivePermissions>;

/** An address or network in CIDR notation, IPv4 or IPv6; kept in canonical form. */
export const sourceRange = z.string().trim().min(2).max(49);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/u, 'clock');
/** When an account may be used: ISO weekday 1 (Monday) to 7, from–to in its time zone. */
export const hoursWindow = z.object({ day: z.int().min(1).max(7), from: clock, to: clock });
export const sourceLimits = z.object({
  /** Empty: everywhere. */
  sources: z.array(sourceRange).max(100),
  /** Empty: at any time. */
  hours: z.array(hoursWindow).max(70),
  /** IANA name, such as Asia/Shanghai. */
  timeZone: z.string().min(1).max(64),
});
export type SourceLimits = z.infer<typeof sourceLimits>;

export const account = z.object({
  id: accountId,
  email,
  name,
  note: z.string(),
  level: accountLevel,
  regions: z.array(regionKey),
  bindings: z.array(roleBinding),
  groups: z.array(z.object({ id: accountGroupId, name: z.string(), bindings: z.array(roleBinding) })),
  builtIn: z.boolean(),
  frozen: z.boolean(),
  /** Locked by wrong passwords until then. */
  lockedUntil: timestamp.nullable(),
  totp: z.boolean(),
  mustChangePassword: z.boolean(),
  passwordChangedAt: timestamp,
  /** Null when passwords do not expire. */
  passwordExpiresAt: timestamp.nullable(),
  limits: sourceLimits,
  sessions: z.int(),
  apiKeys: z.int(),
  lastSignIn: z.object({ at: timestamp, address: z.string() }).nullable(),
  createdAt: timestamp,
});
export type Account = z.infer<typeof account>;

export const accountSession = z.object({
  id: sessionId,
  address: z.string(),
  client: z.string(),
  createdAt: timestamp,
  lastSeenAt: timestamp,
  expiresAt: timestamp,
  /** The session of this very request. */
  current: z.boolean(),
});
export type AccountSession = z.infer<typeof accountSession>;

export const accountGroup = z.object({
  id: accountGroupId,
  name,
  note: z.string(),
  bindings: z.array(roleBinding),
  members: z.array(z.object({ id: accountId, name: z.string(), email })),
  createdAt: timestamp,
});
export type AccountGroup = z.infer<typeof accountGroup>;

/** Whether a role's permissions hold for every resource or only for what the account owns (IAM-19). */
export const dataScope = z.enum(['all', 'own']);
export const roleInput = z.object({
  name,
  note: note.default(''),
  level: accountLevel,
  dataScope: dataScope.default('all'),
  permissions: z.array(permission).min(1).max(1000),
});
export const role = z.object({
  id: roleRef,
  name: z.string(),
  note: z.string(),
  level: accountLevel,
  dataScope,
  builtIn: z.boolean(),
  permissions: z.array(permission),
  /** Accounts and groups that it is given to. */
  accounts: z.int(),
  groups: z.int(),
  createdAt: timestamp.nullable(),
});
export type Role = z.infer<typeof role>;

export const apiKey = z.object({
  id: apiKeyId,
  name,
  account: z.object({ id: accountId, name: z.string(), email }),
  /** Stands in the header of every request. */
  publicKey: z.string(),
  enabled: z.boolean(),
  /** Null: all permissions of the account. */
  permissions: z.array(permission).nullable(),
  createdAt: timestamp,
  lastUsed: z.object({ at: timestamp, address: z.string() }).nullable(),
});
export type ApiKey = z.infer<typeof apiKey>;
