import { permissionTable, type Permission } from '@basalt/contract';
import { invalid } from '../../identity/account-refusal.ts';
import type { RoleContent } from '../../identity/effective.ts';
import { grantDemand, type Grantor } from '../../identity/grants-check.ts';

/**
 * Permissions in the registry's order without doubles.
 * @throws BasaltError invalidInput at `permissions.N` for one of the platform's in a role of level region.
 */
export function permissionsDemand(level: 'system' | 'region', wanted: readonly Permission[]): Permission[] {
  const at = level === 'system' ? -1 : wanted.findIndex((key) => permissionTable[key].scope === 'global');
  if (at >= 0)
    throw invalid(
      `permissions.${at}`,
      '该权限属于平台，地域级角色不能包含',
      'this permission is the platform’s; a role of level region cannot contain it',
    );
  const chosen = new Set(wanted);
  return (Object.keys(permissionTable) as Permission[]).filter((key) => chosen.has(key));
}

/** What a role says, as a binding of it would give it. */
const asBinding = (content: RoleContent, permissions: readonly Permission[]) => [
  { role: '', scope: null, permissions, dataScope: content.dataScope },
];

/**
 * What a role gives, beyond what it gave before, must be the grantor's to give.
 * @throws BasaltError grantExceeds at `permissions.N`, counted in `wanted`.
 */
export function contentDemand(
  grantor: Grantor,
  content: RoleContent,
  { before, wanted, toHimself }: { before: RoleContent | null; wanted: readonly Permission[]; toHimself: boolean },
): void {
  const isWidened = before?.dataScope === 'own' && content.dataScope === 'all';
  const had = new Set(before && !isWidened ? before.permissions : []);
  for (const [i, permission] of wanted.entries())
    if (!had.has(permission))
      grantDemand(grantor, asBinding(content, [permission]), { toHimself, field: `permissions.${i}` });
}
