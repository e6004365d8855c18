import { randomUUID } from 'node:crypto';
import { type builtInRoles, rolePermissions, type Role } from '@basalt/contract';
import { accountGroupId, accountId, bindingId, roleId } from '@basalt/contract/ids';
import { expect, test } from 'vitest';
import { dutiesOf, dutyConflicts } from './duty-conflicts.ts';

type SomeRole = Pick<Role, 'id' | 'builtIn' | 'permissions'>;
const builtIn = (id: keyof typeof builtInRoles): SomeRole => ({
  id,
  builtIn: true,
  permissions: [...rolePermissions(id)],
});
const custom: SomeRole = {
  id: roleId.parse('3f9cf9a2-9d47-4b51-8a5a-5f6f0d1d7d10'),
  builtIn: false,
  permissions: ['account:create', 'vm:start', 'vm:read'],
};

function holder(name: string, roles: readonly SomeRole[], byGroup: readonly SomeRole[] = []) {
  const bind = (role: SomeRole) => ({ role: role.id, scope: null, id: bindingId.parse(randomUUID()), roleName: '' });
  return {
    id: accountId.parse(randomUUID()),
    name,
    email: `${name}@basalt.test`,
    bindings: roles.map(bind),
    groups: [{ id: accountGroupId.parse(randomUUID()), name: 'group', bindings: byGroup.map(bind) }],
  };
}

test('[IAM-18] a role belongs to the duties of what it lets one change', () => {
  expect(dutiesOf(builtIn('dutyAuditAdmin'))).toEqual(['dutyAuditAdmin']);
  expect(dutiesOf(builtIn('systemAdmin'))).toEqual(['dutySystemAdmin']);
  expect(dutiesOf(builtIn('systemReadonly'))).toEqual([]);
  expect(dutiesOf(custom).toSorted()).toEqual(['dutySecurityAdmin', 'dutySystemAdmin']);
});

test('[IAM-18] whoever would hold two duties is named, also by a group', () => {
  const system = builtIn('dutySystemAdmin');
  const audit = builtIn('dutyAuditAdmin');
  const reader = builtIn('systemReadonly');
  const found = dutyConflicts(
    [
      holder('one', [system]),
      holder('both', [system, audit]),
      holder('byGroup', [audit], [system]),
      holder('reader', [audit, reader]),
      holder('custom', [custom]),
    ],
    [system, audit, reader, custom],
  );
  expect(found.map(({ name, duties }) => [name, duties])).toEqual([
    ['both', ['dutySystemAdmin', 'dutyAuditAdmin']],
    ['byGroup', ['dutySystemAdmin', 'dutyAuditAdmin']],
    ['custom', ['dutySystemAdmin', 'dutySecurityAdmin']],
  ]);
});
