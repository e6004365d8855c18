import { describe, expect, it } from 'vitest';
import { builtInRoles, type BuiltInRole, type Permission } from '@basalt/contract';
import type { HeldRole } from '../store/role-store.ts';
import { dutiesOf, roleConflict } from './duty-rules.ts';
import { postsFilled } from './last-administrator.ts';

const built = (role: BuiltInRole) => ({ role, roleName: null, permissions: null });
const custom = (roleName: string, ...permissions: Permission[]) => ({ role: 'id', roleName, permissions });

describe('roles that exclude each other', () => {
  it.each([
    ['vmOperator', 'systemAdmin', false],
    ['vmOperator', 'regionAdmin', false],
    ['systemAdmin', 'regionAdmin', false],
    ['dutySystemAdmin', 'dutySecurityAdmin', true],
    ['dutySystemAdmin', 'dutyAuditAdmin', true],
    ['dutySecurityAdmin', 'dutyAuditAdmin', true],
    ['systemAdmin', 'dutySecurityAdmin', true],
    ['systemAdmin', 'dutyAuditAdmin', true],
    ['regionAdmin', 'dutySecurityAdmin', true],
    ['vmOperator', 'dutyAuditAdmin', true],
  ] as const)('[IAM-18] %s and %s; only while duties are separated: %s', (a, b, whenSeparated) => {
    const held = [built(a), built(b)];
    const named = [builtInRoles[a], builtInRoles[b]].map(({ label }) => `${label['zh-CN']}\u001F${label['en-US']}`);
    const found = roleConflict(held, true);
    expect(new Set([found?.a, found?.b])).toEqual(new Set(named));
    expect(roleConflict(held, false) === null).toBe(whenSeparated);
  });

  it.each([
    ['systemAdmin', 'dutySystemAdmin'],
    ['systemReadonly', 'dutySecurityAdmin'],
    ['regionReadonly', 'dutyAuditAdmin'],
    ['regionReadonly', 'vmOperator'],
  ] as const)('[IAM-18] not %s and %s', (a, b) => {
    expect(roleConflict([built(a), built(b)], true)).toBeNull();
  });

  it('[IAM-18] a custom role counts by what it lets one do', () => {
    expect(dutiesOf(custom('r', 'account:read', 'operationLog:read', 'myAccount:update'))).toEqual([]);
    expect(dutiesOf(custom('r', 'account:create'))).toEqual(['dutySecurityAdmin']);
    expect(dutiesOf(custom('r', 'operationLog:verify'))).toEqual(['dutyAuditAdmin']);
    expect(dutiesOf(custom('r', 'vm:start'))).toEqual(['dutySystemAdmin']);
    const both = [built('dutyAuditAdmin'), custom('starter', 'vm:start')];
    expect(roleConflict(both, true)).toEqual({ a: expect.stringContaining('审计管理员') as string, b: 'starter' });
    expect(roleConflict(both, false)).toBeNull();
    expect(roleConflict([custom('all in one', 'vm:start', 'account:create')], true)).toEqual({
      a: 'all in one',
      b: expect.stringContaining('安全管理员') as string,
    });
  });
});

describe('posts that must be filled', () => {
  const one = (role: BuiltInRole, change: Partial<HeldRole> = {}): HeldRole => ({
    accountId: 'a',
    accountName: 'a',
    email: 'a@basalt.local',
    level: 'system',
    frozen: false,
    scope: null,
    ...built(role),
    ...change,
  });

  it('[IAM-06] only an active account of level system with the whole role counts', () => {
    expect([...postsFilled([one('systemAdmin')], false)]).toEqual(['systemAdmin']);
    expect([...postsFilled([one('systemAdmin', { frozen: true })], false)]).toEqual([]);
    expect([...postsFilled([one('systemAdmin', { level: 'region' })], false)]).toEqual([]);
    const scope = { clusters: [], hosts: [], vms: [] };
    expect([...postsFilled([one('systemAdmin', { scope })], false)]).toEqual([]);
    expect([...postsFilled([one('dutySystemAdmin')], false)]).toEqual([]);
  });

  it('[IAM-18] there are three while duties are separated', () => {
    const all = [one('systemAdmin'), one('dutySecurityAdmin'), one('dutyAuditAdmin')];
    expect([...postsFilled(all, true)]).toEqual(['dutySystemAdmin', 'dutySecurityAdmin', 'dutyAuditAdmin']);
  });
});
