import { z } from 'zod';
import { builtInRoles, exclusiveRoles, permissionTable, resourceTable } from './gen/permissions.ts';

export type Permission = keyof typeof permissionTable;
export type BuiltInRole = keyof typeof builtInRoles;
export const permission = z.enum(Object.keys(permissionTable) as [Permission, ...Permission[]]);
export const permissionLabel = (key: Permission) => permissionTable[key].label;
export const rolePermissions = (role: BuiltInRole): readonly Permission[] => builtInRoles[role].permissions;
export { builtInRoles, exclusiveRoles, permissionTable, resourceTable };
