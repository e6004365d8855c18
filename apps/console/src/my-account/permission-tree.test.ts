import { expect, test } from 'vitest';
import { permissionTree } from './permission-tree.ts';

test('[IAM-15] a key is narrowed among the permissions one has, by resource', () => {
  const tree = permissionTree(['vm:start', 'image:read', 'vm:read'], 'en-US');
  expect(tree.map(({ value }) => value)).toEqual(['resource:vm', 'resource:image']);
  expect(tree[0]?.children?.map(({ value }) => value)).toEqual(['vm:read', 'vm:start']);
  expect(permissionTree([], 'zh-CN')).toEqual([]);
});
