/** Roles given to an account or a group, as the editor has them and as the contract has them. */
import {
  resourceScope,
  type ResourceScope,
  type Role,
  type RoleBinding,
  type roleBindingInput,
} from '@basalt/contract';
import type { z } from 'zod';

export interface BindingValue {
  /** Of the row in the form. */
  key: string;
  /** Empty: not yet chosen. */
  role: string;
  scope: ResourceScope | null;
}

let rows = 0;
export const bindingRow = (role = '', scope: ResourceScope | null = null): BindingValue => ({
  key: `binding-${(rows += 1)}`,
  role,
  scope,
});

export const emptyScope: ResourceScope = { clusters: [], hosts: [], vms: [] };

export const bindingValuesOf = (bindings: readonly RoleBinding[]): BindingValue[] =>
  bindings.map(({ role, scope }) => bindingRow(role, scope));

/** What is sent; rows without a role are left out, unknown ids are for the schema to refuse. */
export const bindingInputOf = (values: readonly BindingValue[]): z.input<typeof roleBindingInput>[] =>
  values.filter(({ role }) => role !== '').map(({ role, scope }) => ({ role: role as RoleBinding['role'], scope }));

/** A scope that chooses nothing would give nothing. */
export const scopeIsEmpty = (scope: ResourceScope | null): boolean =>
  scope !== null && scope.clusters.length + scope.hosts.length + scope.vms.length === 0;

export const scopeOf = (change: Record<keyof ResourceScope, readonly string[]>): ResourceScope | undefined => {
  const parsed = resourceScope.safeParse(change);
  return parsed.success ? parsed.data : undefined;
};

/** Roles that an account of this level may be given; system-level roles are not for region-level accounts. */
export const rolesFor = (roles: readonly Role[], level: 'system' | 'region' | undefined): Role[] =>
  roles.filter((role) => level !== 'region' || role.level === 'region');
