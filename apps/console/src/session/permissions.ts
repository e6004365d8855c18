/** What a session may do, from what the gateway said of it: nothing here is guessed from roles or levels. */
import { permissionTable, type CurrentSession, type Permission } from '@basalt/contract';

/** The resource an action is asked of, as far as the rules need it. */
export interface ActionTarget {
  owner?: { id: string; name: string } | undefined;
}

export type PermissionRefusal = 'missing' | 'notOwner' | 'seeAs';

type Rights = Pick<CurrentSession, 'account' | 'permissions' | 'ownPermissions' | 'scopedPermissions' | 'seeAs'>;

/** Whether the account has a permission at all: everywhere, for its own resources, or for chosen ones. */
export const can = (session: Rights, permission: Permission): boolean =>
  session.permissions.includes(permission) ||
  session.ownPermissions.includes(permission) ||
  session.scopedPermissions.includes(permission);

/**
 * Why a permission does not allow it here, or null. What holds for chosen resources is left to the server to judge, because
 * only it knows where a resource stands now. A missing permission is told before the read-only view.
 */
export function permissionRefusal(
  session: Rights,
  permission: Permission,
  target?: ActionTarget,
): PermissionRefusal | null {
  if (!can(session, permission)) return 'missing';
  const elsewhere = session.permissions.includes(permission) || session.scopedPermissions.includes(permission);
  if (!elsewhere && target?.owner !== undefined && target.owner.id !== session.account.id) return 'notOwner';
  if (session.seeAs !== null && permissionTable[permission].kind !== 'read') return 'seeAs';
  return null;
}
