/**
 * Which roles one account may not hold together (IAM-18, IAM-19). The table names roles; while duties are separated the rule
 * is about what they let one do, so that a role made for the purpose, or a region's administrator, does not undo it: whoever
 * changes accounts and permissions, or handles the operation log, does neither the other nor anything else. Reading divides
 * nobody, and everybody's own account is his own.
 */
import {
  both,
  builtInRoles,
  exclusiveRoles,
  permissionTable,
  rolePermissions,
  type BuiltInRole,
  type Permission,
} from '@basalt/contract';
import type { HeldRole } from '../store/role-store.ts';
import { isBuiltInRole } from './effective.ts';

export const duties = [
  'dutySystemAdmin',
  'dutySecurityAdmin',
  'dutyAuditAdmin',
] as const satisfies readonly BuiltInRole[];
export type Duty = (typeof duties)[number];

type Held = Pick<HeldRole, 'role' | 'roleName' | 'permissions'>;

const system = new Set(rolePermissions('dutySystemAdmin'));
const security = new Set(rolePermissions('dutySecurityAdmin'));

function dutyOf(permission: Permission): Duty | null {
  const { kind, resource } = permissionTable[permission];
  if (kind === 'read' || resource === 'myAccount') return null;
  if (system.has(permission)) return 'dutySystemAdmin';
  return security.has(permission) ? 'dutySecurityAdmin' : 'dutyAuditAdmin';
}

const isDuty = (role: string): role is Duty => duties.some((duty) => duty === role);

/** The duties that a role belongs to while they are separated. */
export function dutiesOf({ role, permissions }: Pick<Held, 'role' | 'permissions'>): Duty[] {
  if (isDuty(role)) return [role];
  if (isBuiltInRole(role)) return role.endsWith('Readonly') ? [] : ['dutySystemAdmin'];
  return [...new Set((permissions ?? []).flatMap((permission) => dutyOf(permission) ?? []))];
}

/** A role's name in both languages. */
export const roleLabel = (role: string, customName: string | null): string =>
  isBuiltInRole(role)
    ? both(builtInRoles[role].label['zh-CN'], builtInRoles[role].label['en-US'])
    : (customName ?? role);

export interface Conflict {
  /** Names of two roles that exclude each other. */
  readonly a: string;
  readonly b: string;
}

/** The first two of an account's roles that exclude each other, or null. */
export function roleConflict(held: readonly Held[], separated: boolean): Conflict | null {
  const roles = new Set(held.map(({ role }) => role));
  for (const { roles: exclusive, when } of exclusiveRoles) {
    if (when === 'dutySeparation' && !separated) continue;
    const [a, b] = exclusive.filter((role) => roles.has(role));
    if (a && b) return { a: roleLabel(a, null), b: roleLabel(b, null) };
  }
  if (!separated) return null;
  let first: { readonly duty: Duty; readonly name: string } | null = null;
  for (const one of held)
    for (const duty of dutiesOf(one)) {
      const name = roleLabel(one.role, one.roleName);
      // one role that belongs to two duties is told beside the second of them
      if (first && first.duty !== duty) return { a: first.name, b: first.name === name ? roleLabel(duty, null) : name };
      first ??= { duty, name };
    }
  return null;
}
