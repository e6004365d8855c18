/**
 * Who would hold two duties at once were they separated (IAM-18), told before the switch is turned. It looks at roles as the
 * gateway does — what a role lets one change decides its duty — but the gateway alone decides.
 */
import { permissionTable, rolePermissions, type Account, type Permission, type Role } from '@basalt/contract';

export const duties = ['dutySystemAdmin', 'dutySecurityAdmin', 'dutyAuditAdmin'] as const;
export type Duty = (typeof duties)[number];

const system = new Set(rolePermissions('dutySystemAdmin'));
const security = new Set(rolePermissions('dutySecurityAdmin'));

function dutyOf(key: Permission): Duty | null {
  const { kind, resource } = permissionTable[key];
  if (kind === 'read' || resource === 'myAccount') return null;
  if (system.has(key)) return 'dutySystemAdmin';
  return security.has(key) ? 'dutySecurityAdmin' : 'dutyAuditAdmin';
}

/** The duties of a role; a role made for the purpose is judged by its permissions. */
export function dutiesOf({ id, builtIn, permissions }: Pick<Role, 'id' | 'builtIn' | 'permissions'>): Duty[] {
  const named = duties.find((duty) => duty === id);
  if (named) return [named];
  if (builtIn) return id.endsWith('Readonly') ? [] : ['dutySystemAdmin'];
  return [...new Set(permissions.flatMap((key) => dutyOf(key) ?? []))];
}

export interface DutyConflict {
  id: string;
  name: string;
  email: string;
  duties: Duty[];
}

/** Accounts that would hold more than one duty, by their own roles and by those of their groups. */
export function dutyConflicts(
  accounts: readonly Pick<Account, 'id' | 'name' | 'email' | 'bindings' | 'groups'>[],
  roles: readonly Pick<Role, 'id' | 'builtIn' | 'permissions'>[],
): DutyConflict[] {
  const known = new Map<string, Duty[]>(roles.map((role) => [role.id, dutiesOf(role)]));
  return accounts.flatMap(({ id, name, email, bindings, groups }) => {
    const all = [...bindings, ...groups.flatMap((group) => group.bindings)];
    const held = new Set(all.flatMap(({ role }) => known.get(role) ?? []));
    return held.size > 1 ? [{ id, name, email, duties: duties.filter((duty) => held.has(duty)) }] : [];
  });
}
