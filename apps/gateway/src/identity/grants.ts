/**
 * Whether one set of rights contains another: nobody gives away more than he has (IAM-05, IAM-22), and nobody looks as, or
 * takes over, an account that may do more than himself.
 */
import type { Permission, ResourceScope } from '@basalt/contract';
import { effectiveOf, everybodys, type Effective } from './effective.ts';
import type { BindingFact } from '../store/role-store.ts';

type Rights = Pick<Effective, 'permissions' | 'own' | 'scoped'>;

const kinds = ['clusters', 'hosts', 'vms'] as const;

/**
 * Whether every object of `scope` is named by some part of `held` that has the permission. Which VMs stand in a cluster is
 * the region's knowledge, so a VM is not taken to be inside a cluster that one has: it must be named.
 */
const scopeWithin = (scope: ResourceScope, permission: Permission, held: Rights['scoped']): boolean => {
  const parts = held.filter((part) => part.permissions.includes(permission));
  return kinds.every((kind) => {
    const ids = new Set<string>(parts.flatMap((part): readonly string[] => part.scope[kind]));
    return scope[kind].every((id) => ids.has(id));
  });
};

/** The first permission that `given` reaches further with than `held`, or null when all of it is within. */
export function exceeding(held: Rights, given: Rights): Permission | null {
  for (const permission of given.permissions)
    if (!held.permissions.has(permission) && !everybodys.includes(permission)) return permission;
  for (const permission of given.own)
    if (!held.permissions.has(permission) && !held.own.has(permission)) return permission;
  for (const { permissions, scope } of given.scoped)
    for (const permission of permissions)
      if (!held.permissions.has(permission) && !scopeWithin(scope, permission, held.scoped)) return permission;
  return null;
}

/**
 * What bindings give by themselves: what everybody has anyhow is no grant. Taken at level `system`, so that a grant does not
 * become greater afterwards when the level of its holder is raised.
 */
export const grantOf = (bindings: readonly BindingFact[]): Rights => effectiveOf('system', bindings);
