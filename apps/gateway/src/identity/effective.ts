/** What an account may do, resolved from its bindings (IAM-03…IAM-05, IAM-17, IAM-19, IAM-22). */
import {
  builtInRoles,
  permissionTable,
  rolePermissions,
  type BuiltInRole,
  type Permission,
  type ResourceScope,
} from '@basalt/contract';
import type { BindingFact } from '../store/role-store.ts';

export interface Effective {
  /** Holds for every resource of the granted regions. */
  readonly permissions: ReadonlySet<Permission>;
  /** Holds for what the account owns, beyond `permissions`. */
  readonly own: ReadonlySet<Permission>;
  /** Holds for chosen resources, beyond `permissions`. */
  readonly scoped: readonly { readonly permissions: readonly Permission[]; readonly scope: ResourceScope }[];
  /** All of these: what opens a door at all. */
  readonly may: ReadonlySet<Permission>;
}

/** Nobody is without these: everybody's own account is his own matter. */
const always: readonly Permission[] = ['myAccount:read', 'myAccount:update'];
/** Built-in roles whose permissions hold for own resources only. */
const ownRoles: ReadonlySet<string> = new Set<BuiltInRole>(['vmOperator']);
/** Resources that have an owner; of the others, a role for own resources sees all. */
const owned: ReadonlySet<string> = new Set([
  'vm',
  'disk',
  'snapshot',
  'snapshotPolicy',
  'backup',
  'backupPlan',
  'task',
  'timer',
  'recycleBin',
]);
/** Resources that a scope can name or that stand on one that it names. */
const scopable: ReadonlySet<string> = new Set([...owned, 'host', 'computeCluster', 'metric']);

export const everyPermission = Object.keys(permissionTable).length;
const resourceOf = (permission: Permission): string => permissionTable[permission].resource;
const isBuiltIn = (role: string): role is BuiltInRole => role in builtInRoles;

/**
 * The union over all bindings. A role that is not known gives nothing; what is global holds at level `system` only.
 * @param narrowedTo permissions of an API key, or null.
 */
export function effectiveOf(
  level: 'system' | 'region',
  bindings: readonly BindingFact[],
  narrowedTo: readonly Permission[] | null = null,
): Effective {
  const within = narrowedTo && new Set(narrowedTo);
  const holds = (permission: Permission): boolean =>
    permission in permissionTable &&
    (level === 'system' || permissionTable[permission].scope !== 'global') &&
    (within?.has(permission) ?? true);
  const permissions = new Set(always.filter(holds));
  const own = new Set<Permission>();
  const scoped: { permissions: Permission[]; scope: ResourceScope }[] = [];
  for (const { role, scope, permissions: custom, dataScope } of bindings) {
    const given = (isBuiltIn(role) ? rolePermissions(role) : (custom ?? [])).filter(holds);
    const isOwn = isBuiltIn(role) ? ownRoles.has(role) : dataScope === 'own';
    const chosen: Permission[] = [];
    for (const permission of given) {
      if (scope && scopable.has(resourceOf(permission))) chosen.push(permission);
      else if (isOwn && owned.has(resourceOf(permission))) own.add(permission);
      else permissions.add(permission);
    }
    if (scope && chosen.length > 0) scoped.push({ permissions: chosen, scope });
  }
  for (const permission of permissions) own.delete(permission);
  const narrowed = scoped
    .map(({ permissions: some, scope }) => ({ permissions: some.filter((p) => !permissions.has(p)), scope }))
    .filter((part) => part.permissions.length > 0);
  const may = new Set([...permissions, ...own, ...narrowed.flatMap((part) => part.permissions)]);
  return { permissions, own, scoped: narrowed, may };
}
