/** The permissions one has, as a tree of resources: what a key may be narrowed to. */
import { permissionLabel, permissionTable, type Permission } from '@basalt/contract';
import { resourceTable } from '@basalt/contract/gen/permissions';
import type { Locale } from '@/i18n/locales.ts';

const resources: Readonly<Record<string, { label: Readonly<Record<Locale, string>> }>> = resourceTable;

export interface PermissionNode {
  /** A resource's begins with `resource:`; a leaf's is the permission. */
  value: string;
  title: string;
  children?: PermissionNode[];
}

/** Resources in the table's order, each with those of its permissions that are given. */
export function permissionTree(given: readonly Permission[], locale: Locale): PermissionNode[] {
  const held = new Set(given);
  const byResource = new Map<string, PermissionNode[]>();
  for (const key of Object.keys(permissionTable) as Permission[]) {
    if (!held.has(key)) continue;
    const { resource } = permissionTable[key];
    const node = { value: key, title: permissionLabel(key)[locale] };
    byResource.set(resource, [...(byResource.get(resource) ?? []), node]);
  }
  return [...byResource].map(([resource, children]) => ({
    value: `resource:${resource}`,
    title: resources[resource]?.label[locale] ?? resource,
    children,
  }));
}
