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
export const everybodys: readonly Permission[] = ['myAccount:read', 'myAccount:update'];
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
  'resourceEvent',
]);
/** Resources that a scope can name or that stand on one that it names. */
const scopable: ReadonlySet<string> = new Set([...owned, 'host', 'computeCluster', 'metric']);

export const everyPermission = Object.keys(permissionTable).length;
export const isBuiltInRole = (role: string): role is BuiltInRole => role in builtInRoles;

/** What a role says, wherever it comes from. */
export interface RoleContent {
  readonly permissions: readonly Permission[];
  readonly dataScope: 'all' | 'own';
}

/** The content of a binding's role. A role that is not known gives nothing. */
export const contentOf = ({ role, permissions, dataScope }: BindingFact): RoleContent =>
  isBuiltInRole(role)
    ? { permissions: rolePermissions(role), dataScope: builtInRoles[role].dataScope }
    : { permissions: permissions ?? [], dataScope: dataScope ?? 'all' };

/** How far a permission reaches by one binding. */
export type Reach = 'everywhere' | 'own' | 'chosen' | 'nowhere';

/**
 * A narrowed binding keeps what is shared readable (images, networks) and everybody's own account; of all else it keeps
 * what can be told apart by the scope. A role for own resources cannot be narrowed: its binding then gives none of them.
 */
export function reachOf(permission: Permission, dataScope: 'all' | 'own', isNarrowed: boolean): Reach {
  const { resource, kind, scope } = permissionTable[permission];
  const isOwn = dataScope === 'own' && owned.has(resource);
  if (!isNarrowed) return isOwn ? 'own' : 'everywhere';
  if (isOwn) return 'nowhere';
  if (scopable.has(resource)) return 'chosen';
  return resource === 'myAccount' || (kind === 'read' && scope !== 'global') ? 'everywhere' : 'nowhere';
}

/**
 * The union over all bindings. What is global holds at level `system` only.
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
  const permissions = new Set(everybodys.filter(holds));
  const own = new Set<Permission>();
  const scoped: { permissions: Permission[]; scope: ResourceScope }[] = [];
  for (const binding of bindings) {
    const { scope } = binding;
    const content = contentOf(binding);
    const chosen: Permission[] = [];
    for (const permission of content.permissions.filter(holds)) {
      const reach = reachOf(permission, content.dataScope, scope !== null);
      if (reach === 'everywhere') permissions.add(permission);
      if (reach === 'own') own.add(permission);
      if (reach === 'chosen') chosen.push(permission);
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
