/** Bindings as somebody wishes them, looked at before they are stored: the roles exist, fit the level, and may be given. */
import { BasaltError, both, builtInRoles, permissionTable, type ResourceScope, type RoleRef } from '@basalt/contract';
import type { Transaction } from '../store/database.ts';
import {
  bindingKey,
  dutySeparationNow,
  rolesByIds,
  rolesHeld,
  type BindingFact,
  type BindingInput,
} from '../store/role-store.ts';
import { invalid } from './account-refusal.ts';
import { roleConflict } from './duty-rules.ts';
import { contentOf, isBuiltInRole } from './effective.ts';
import { grantDemand, type Grantor } from './grants-check.ts';

export type Level = 'system' | 'region';

/** A wished binding with what its role says. */
export interface WishedBinding extends BindingFact {
  readonly role: RoleRef;
  readonly level: Level;
  readonly name: string;
}

const isEmpty = ({ clusters, hosts, vms }: ResourceScope): boolean => clusters.length + hosts.length + vms.length === 0;

/**
 * The wished bindings with their roles.
 * @throws BasaltError invalidInput at `bindings.N.role` for a role that does not exist, at `bindings.N.scope` for a scope that
 * names nothing or narrows a role for own resources, at `bindings.N` for one given twice.
 */
export async function bindingsResolve(tx: Transaction, wanted: readonly BindingInput[]): Promise<WishedBinding[]> {
  const custom = new Map(
    (await rolesByIds(tx, [...new Set(wanted.map(({ role }) => role).filter((role) => !isBuiltInRole(role)))])).map(
      (row) => [row.id, row],
    ),
  );
  const seen = new Set<string>();
  return wanted.map((binding, i): WishedBinding => {
    const { role, scope } = binding;
    const row = custom.get(role);
    if (!row && !isBuiltInRole(role))
      throw invalid(`bindings.${i}.role`, '角色不存在或已删除', 'there is no such role');
    if (seen.has(bindingKey(binding))) throw invalid(`bindings.${i}`, '与前面的授权重复', 'it stands here twice');
    seen.add(bindingKey(binding));
    const fact = { role, scope, permissions: row?.permissions ?? null, dataScope: row?.dataScope ?? null };
    if (scope && isEmpty(scope))
      throw invalid(`bindings.${i}.scope`, '请至少选择一个资源', 'choose at least one resource');
    if (scope && contentOf(fact).dataScope === 'own')
      throw invalid(
        `bindings.${i}.scope`,
        '该角色仅对本人资源有效，不能再限定范围',
        'the role holds for own resources only and cannot be narrowed further',
      );
    const isBuiltIn = isBuiltInRole(role);
    return {
      ...fact,
      level: isBuiltIn ? builtInRoles[role].level : (row?.level ?? 'system'),
      name: isBuiltIn
        ? both(builtInRoles[role].label['zh-CN'], builtInRoles[role].label['en-US'])
        : (row?.name ?? role),
    };
  });
}

/** Whether a role is one for system-level accounts only: by its level, or because something in it is the platform's. */
export const isForSystemOnly = (role: WishedBinding): boolean =>
  role.level === 'system' || contentOf(role).permissions.some((key) => permissionTable[key]?.scope === 'global');

/** @throws BasaltError invalidInput at `field(N)` for a role that a region-level account cannot have. */
export function levelDemand(level: Level, wished: readonly WishedBinding[], field: (i: number) => string): void {
  if (level === 'system') return;
  const at = wished.findIndex(isForSystemOnly);
  if (at >= 0)
    throw invalid(
      field(at),
      '系统级角色不能授予地域级账号',
      'a role of level system cannot be given to an account of level region',
    );
}

/**
 * What is new among wished bindings must be the grantor's to give.
 * @throws BasaltError grantExceeds at `bindings.N.role`.
 */
export function newBindingsDemand(
  grantor: Grantor,
  wished: readonly WishedBinding[],
  before: readonly { readonly role: string; readonly scope: ResourceScope | null }[],
  toHimself: boolean,
): void {
  const kept = new Set(before.map(bindingKey));
  for (const [i, binding] of wished.entries())
    if (!kept.has(bindingKey(binding))) grantDemand(grantor, [binding], { toHimself, field: `bindings.${i}.role` });
}

/** Looks at accounts as they have become. @throws BasaltError roleConflict naming two of their roles, at `field`. */
export async function conflictsDemand(tx: Transaction, accountIds: readonly string[], field: string): Promise<void> {
  const separated = await dutySeparationNow(tx);
  const held = Map.groupBy(await rolesHeld(tx, accountIds), ({ accountId }) => accountId);
  for (const roles of held.values()) {
    const conflict = roleConflict(roles, separated);
    if (conflict)
      throw new BasaltError('roleConflict', { ...conflict }, { field, detail: `account ${roles[0]?.email ?? ''}` });
  }
}
