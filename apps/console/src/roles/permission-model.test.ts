import { permissionTable, rolePermissions, type Permission } from '@basalt/contract';
import { expect, test } from 'vitest';
import {
  fitsLevel,
  grantedOf,
  inOrder,
  matrixFind,
  matrixGroups,
  missingReads,
  permissionCount,
  permissionDiff,
  permissionsSet,
} from './permission-model.ts';

const none: ReadonlySet<Permission> = new Set();
const row = (resource: string) => matrixGroups.flatMap(({ rows }) => rows).find((item) => item.resource === resource)!;

test('[IAM-04] the matrix holds every permission of the registry exactly once', () => {
  const shown = matrixGroups.flatMap(({ rows }) => rows.flatMap(({ cells }) => Object.values(cells).flat()));
  expect(shown.length).toBe(permissionCount);
  expect(new Set(shown)).toEqual(new Set(Object.keys(permissionTable)));
  for (const { rows } of matrixGroups)
    for (const item of rows)
      expect(Object.values(item.cells).flat().toSorted(), item.resource).toEqual([...item.all].toSorted());
});

test('[IAM-04] granting an operation brings the right to see what it operates on', () => {
  expect(inOrder(permissionsSet(none, ['vm:start'], true, 'region'))).toEqual(['vm:read', 'vm:start']);
  expect(inOrder(permissionsSet(new Set(['vm:read', 'vm:start']), ['vm:start'], false, 'region'))).toEqual(['vm:read']);
});

test('[IAM-02] what holds for the whole platform is not granted to a region-level role', () => {
  expect(fitsLevel('account:read', 'region')).toBe(false);
  expect(permissionsSet(none, row('account').all, true, 'region').size).toBe(0);
  expect(grantedOf(row('account').all, permissionsSet(none, row('account').all, true, 'system'))).toBe('all');
});

test('[IAM-04] reads that granted operations need are named with their reason', () => {
  const found = missingReads(new Set(['vm:read', 'vm:create']), 'region');
  expect(found.map(({ permission }) => permission)).toContain('image:read');
  expect(found.find(({ permission }) => permission === 'network:read')?.because).toEqual(['vm:create']);
  expect(missingReads(new Set(['disk:update']), 'region')).toContainEqual({
    permission: 'disk:read',
    because: ['disk:update'],
  });
  expect(missingReads(new Set(rolePermissions('regionAdmin')), 'region')).toEqual([]);
});

test('[IAM-04] the search finds by name in the reader’s language, by operation and by key', () => {
  const names = (text: string, locale: 'zh-CN' | 'en-US') =>
    matrixFind(text, locale).flatMap(({ rows }) => rows.map(({ resource }) => resource));
  expect(names('虚拟机', 'zh-CN')).toContain('vm');
  expect(names('vm:console', 'en-US')).toEqual(['vm']);
  expect(names('Migrate virtual machine', 'en-US')).toContain('vm');
  expect(names('no such thing', 'en-US')).toEqual([]);
  expect(matrixFind('', 'zh-CN').length).toBe(matrixGroups.length);
});

test('[IAM-04] the difference of two sets is told in both directions', () => {
  expect(permissionDiff(new Set(['vm:read', 'vm:start']), new Set(['vm:read', 'vm:delete']))).toEqual({
    more: ['vm:start'],
    less: ['vm:delete'],
  });
});
