/**
 * The permission registry as the matrix shows it: groups, resource types, and what may be done with each. Everything is
 * read from the contract's tables, so a permission that the platform learns stands in the matrix the day it is declared.
 */
import { permissionTable, resourceTable, type Permission, type Text } from '@basalt/contract';
import type { Locale } from '@/i18n/locales.ts';

export const basicKinds = ['read', 'create', 'update', 'delete'] as const;
export type BasicKind = (typeof basicKinds)[number];
export type MatrixColumn = BasicKind | 'manage';
export type GroupKey = (typeof resourceTable)[keyof typeof resourceTable]['group'];
export type AccountLevel = 'system' | 'region';

export interface MatrixRow {
  resource: string;
  label: Text;
  /** Holds for the whole platform, and therefore for system-level accounts only. */
  global: boolean;
  cells: Readonly<Record<MatrixColumn, readonly Permission[]>>;
  all: readonly Permission[];
}
export interface MatrixGroup {
  key: GroupKey;
  rows: readonly MatrixRow[];
}

const keys = Object.keys(permissionTable) as Permission[];

function groupsMake(): MatrixGroup[] {
  const groups = new Map<GroupKey, MatrixRow[]>();
  for (const [resource, { label, group, scope }] of Object.entries(resourceTable)) {
    const all = keys.filter((key) => permissionTable[key].resource === resource);
    if (all.length === 0) continue;
    const of = (kind: MatrixColumn) => all.filter((key) => permissionTable[key].kind === kind);
    const cells = {
      read: of('read'),
      create: of('create'),
      update: of('update'),
      delete: of('delete'),
      manage: of('manage'),
    };
    const rows = groups.get(group) ?? [];
    groups.set(group, rows);
    rows.push({ resource, label, global: scope === 'global', cells, all });
  }
  return [...groups].map(([key, rows]) => ({ key, rows }));
}
export const matrixGroups: readonly MatrixGroup[] = groupsMake();
const rowOf = new Map(matrixGroups.flatMap(({ rows }) => rows).map((row) => [row.resource, row]));

/** Whether a role of this level may hold the permission at all. */
export const fitsLevel = (permission: Permission, level: AccountLevel): boolean =>
  level === 'system' || permissionTable[permission].scope !== 'global';

export type Granted = 'all' | 'some' | 'none';

/** How much of a set of permissions is granted. */
export function grantedOf(permissions: readonly Permission[], granted: ReadonlySet<Permission>): Granted {
  const count = permissions.filter((key) => granted.has(key)).length;
  return count === 0 ? 'none' : count === permissions.length ? 'all' : 'some';
}

/** Grants or withdraws permissions. Granting an operation brings the right to see what it operates on. */
export function permissionsSet(
  granted: ReadonlySet<Permission>,
  permissions: readonly Permission[],
  on: boolean,
  level: AccountLevel,
): Set<Permission> {
  const next = new Set(granted);
  for (const permission of permissions) {
    if (!on) next.delete(permission);
    else if (fitsLevel(permission, level)) {
      next.add(permission);
      for (const read of rowOf.get(permissionTable[permission].resource)?.cells.read ?? [])
        if (fitsLevel(read, level)) next.add(read);
    }
  }
  return next;
}

/** What pages need beyond the resource itself: without these a permitted action has nothing to choose from. */
const alsoNeeded: Partial<Record<Permission, readonly Permission[]>> = {
  'vm:create': ['image:read', 'flavor:read', 'network:read', 'computeCluster:read', 'storageCluster:read', 'task:read'],
  'vm:console': ['vm:read'],
  'recycleBin:restore': ['vm:read'],
  'recycleBin:destroy': ['vm:read'],
  'image:upload': ['storageCluster:read', 'task:read'],
  'host:enrol': ['computeCluster:read'],
  'account:create': ['role:read'],
  'account:bindRoles': ['role:read'],
  'accountGroup:create': ['role:read', 'account:read'],
  'accountGroup:update': ['role:read', 'account:read'],
};

export interface MissingRead {
  permission: Permission;
  /** Granted operations that need it. */
  because: readonly Permission[];
}

/** Rights to see that granted operations need and that are not granted. */
export function missingReads(granted: ReadonlySet<Permission>, level: AccountLevel): MissingRead[] {
  const found = new Map<Permission, Permission[]>();
  for (const permission of granted) {
    const reads = rowOf.get(permissionTable[permission].resource)?.cells.read ?? [];
    for (const read of new Set([...reads, ...(alsoNeeded[permission] ?? [])]))
      if (!granted.has(read) && fitsLevel(read, level)) found.set(read, [...(found.get(read) ?? []), permission]);
  }
  return [...found].map(([permission, because]) => ({ permission, because }));
}

/** The groups with the rows whose name, key or operations hold the text, and that `keep` keeps. */
export function matrixFind(
  text: string,
  locale: Locale,
  keep: (row: MatrixRow) => boolean = () => true,
): MatrixGroup[] {
  const wanted = text.trim().toLowerCase();
  const holds = (row: MatrixRow) =>
    wanted === '' ||
    row.label[locale].toLowerCase().includes(wanted) ||
    row.all.some(
      (key) => key.toLowerCase().includes(wanted) || permissionTable[key].label[locale].toLowerCase().includes(wanted),
    );
  return matrixGroups
    .map(({ key, rows }) => ({ key, rows: rows.filter((row) => holds(row) && keep(row)) }))
    .filter(({ rows }) => rows.length > 0);
}

export interface PermissionDiff {
  more: Permission[];
  less: Permission[];
}

/** What `now` has beyond `base`, and what it lacks, in the order of the registry. */
export function permissionDiff(now: ReadonlySet<Permission>, base: ReadonlySet<Permission>): PermissionDiff {
  return {
    more: keys.filter((key) => now.has(key) && !base.has(key)),
    less: keys.filter((key) => !now.has(key) && base.has(key)),
  };
}

/** A set in the order of the registry. */
export const inOrder = (granted: ReadonlySet<Permission>): Permission[] => keys.filter((key) => granted.has(key));
export const permissionCount: number = keys.length;
