import { accountId } from '@basalt/contract';
import { expect, test } from 'vitest';
import { can, permissionRefusal } from './permissions.ts';

const me = { id: accountId.parse('0b0e4a4e-3c5e-4d57-9a51-0d6f2a4f7a11'), email: 'op@example.com', name: 'Op' };
const other = { id: 'b', name: 'Other' };
const rights: Parameters<typeof permissionRefusal>[0] = {
  account: { ...me, level: 'region' },
  permissions: ['image:read', 'network:create'],
  ownPermissions: ['vm:read', 'vm:start'],
  scopedPermissions: ['vm:shutdown'],
  seeAs: null,
};

test('[IAM-19] what holds for own resources opens the page and refuses those of others', () => {
  expect(can(rights, 'vm:read')).toBe(true);
  expect(permissionRefusal(rights, 'vm:start', { owner: me })).toBeNull();
  expect(permissionRefusal(rights, 'vm:start', { owner: other })).toBe('notOwner');
  expect(permissionRefusal(rights, 'vm:start')).toBeNull();
});

test('[IAM-22] what holds for chosen resources is left to the server', () => {
  expect(permissionRefusal(rights, 'vm:shutdown', { owner: other })).toBeNull();
});

test('[BYD-18] a permission that is in none of the three is missing', () => {
  expect(can(rights, 'vm:delete')).toBe(false);
  expect(permissionRefusal(rights, 'vm:delete', { owner: me })).toBe('missing');
});

test('[BYD-13] seeing as another account allows reading and nothing else; a missing permission is told first', () => {
  const seeing = { ...rights, seeAs: me };
  expect(permissionRefusal(seeing, 'image:read')).toBeNull();
  expect(permissionRefusal(seeing, 'network:create')).toBe('seeAs');
  expect(permissionRefusal(seeing, 'network:delete')).toBe('missing');
});
