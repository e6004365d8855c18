import { builtInRoles, rolePermissions, type BuiltInRole, type Locale, type Role, type RoleId } from '@basalt/contract';
import { nameTaken, notFound } from '../../identity/account-refusal.ts';
import { isBuiltInRole } from '../../identity/effective.ts';
import type { Executor } from '../../store/database.ts';
import { roleByName, roleCounts, rolesByIds, rolesCustom, type RoleRow } from '../../store/role-store.ts';

type Counts = Awaited<ReturnType<typeof roleCounts>>;
const none = { accounts: 0, groups: 0 };
const builtInKeys = Object.keys(builtInRoles) as BuiltInRole[];

const builtInShape = (id: BuiltInRole, counts: Counts, locale: Locale): Role => {
  const { label, level, dataScope } = builtInRoles[id];
  return {
    id,
    name: label[locale],
    note: '',
    level,
    dataScope,
    builtIn: true,
    permissions: [...rolePermissions(id)],
    createdAt: null,
    ...(counts.get(id) ?? none),
  };
};

const customShape = (row: RoleRow, counts: Counts): Role => ({
  id: row.id as RoleId,
  name: row.name,
  note: row.note,
  level: row.level,
  dataScope: row.dataScope,
  builtIn: false,
  permissions: row.permissions,
  createdAt: row.createdAt.toISOString(),
  ...(counts.get(row.id) ?? none),
});

/** Every role: the built-in ones in the table's order, then the custom ones by name. */
export async function rolesAll(db: Executor, locale: Locale): Promise<Role[]> {
  const counts = await roleCounts(db);
  const custom = await rolesCustom(db);
  return [
    ...builtInKeys.map((key) => builtInShape(key, counts, locale)),
    ...custom.map((row) => customShape(row, counts)),
  ];
}

/** @throws BasaltError notFound. */
export async function roleShape(db: Executor, id: string, locale: Locale): Promise<Role> {
  const counts = await roleCounts(db);
  if (isBuiltInRole(id)) return builtInShape(id, counts, locale);
  return customShape(await roleOrThrow(db, id), counts);
}

/** The custom role. @throws BasaltError notFound. */
export async function roleOrThrow(db: Executor, id: string): Promise<RoleRow> {
  const [row] = await rolesByIds(db, [id]);
  if (!row) throw notFound('role');
  return row;
}

const builtInNames = new Set(
  builtInKeys.flatMap((key) => [key, ...Object.values(builtInRoles[key].label)]).map((name) => name.toLowerCase()),
);

/** @throws BasaltError nameTaken at `name`, also for what a built-in role is called in one of the languages. */
export async function roleNameDemand(db: Executor, name: string, otherThan?: string): Promise<void> {
  if (builtInNames.has(name.toLowerCase()) || (await roleByName(db, name, otherThan))) throw nameTaken(name, 'name');
}
