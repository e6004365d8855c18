/** The last administrator stays, and three share the administration when duties are separated (IAM-06, IAM-18). */
import { afterEach, beforeEach, describe, expect, it, beforeAll, afterAll } from 'vitest';
import type { AccountId, RoleRef } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { callerOf, codeAndField, type Caller } from './account-kit.ts';
import { doorOpen, PASSWORD, postgresOpen, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
let admin: Caller;
let adminId: AccountId;
beforeAll(async () => {
  postgres = await postgresOpen();
}, 60_000);
afterAll(async () => postgres[Symbol.asyncDispose]());
beforeEach(async () => {
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  admin = callerOf(door, await door.signIn('admin@basalt.local'));
  adminId = (await admin.call('session', 'current')).account.id;
}, 60_000);
afterEach(() => door.close());

const give = (role: string, scope: object | null = null) => ({ role: role as RoleRef, scope }) as never;
const create = async (name: string, roles: readonly string[], by = admin) => {
  const email = `${name}@basalt.local`;
  const wish = { email, name, level: 'system' as const, bindings: roles.map((role) => give(role)), password: PASSWORD };
  const { account } = await by.call('account', 'create', { ...wish, mustChangePassword: false });
  return { id: account.id, caller: callerOf(door, await door.signIn(email)) };
};
const separate = (by: Caller, enabled = true) => by.call('loginPolicy', 'setDutySeparation', { enabled });

describe('the last active system administrator', () => {
  it('[IAM-06] can be neither frozen, deleted nor demoted', async () => {
    const other = await create('other', ['systemAdmin']);
    await other.caller.call('account', 'freeze', { id: adminId });
    const { id } = other;
    const refusals = [
      await other.caller.refused('account', 'freeze', { id }),
      await other.caller.refused('account', 'delete', { id }),
      await other.caller.refused('account', 'bindRoles', { id, bindings: [] }),
      await other.caller.refused('account', 'bindRoles', { id, bindings: [give('systemReadonly')] }),
      await other.caller.refused('account', 'bindRoles', { id, level: 'region', bindings: [give('regionAdmin')] }),
    ];
    expect(refusals.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'lastAdministrator'));
    expect(refusals.map(({ message }) => message)).toEqual([
      '这是最后一个可用的系统管理员，不能冻结',
      '这是最后一个可用的系统管理员，不能删除',
      ...Array.from({ length: 3 }, () => '这是最后一个可用的系统管理员，不能降级'),
    ]);
    expect((await other.caller.call('account', 'get', { id })).frozen).toBe(false);
    await other.caller.call('account', 'unfreeze', { id: adminId });
    await other.caller.call('account', 'bindRoles', { id, bindings: [] });
  });

  it('[IAM-06] is not the one who has a narrowed role', async () => {
    const scope = { vms: ['01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a'] };
    const wish = {
      email: 'n@basalt.local',
      name: 'n',
      level: 'system' as const,
      bindings: [give('systemAdmin', scope)],
    };
    await admin.call('account', 'create', wish);
    expect((await admin.refused('account', 'delete', { id: adminId })).code).toBe('lastAdministrator');
  });

  it('[IAM-06] by a group stays in it, and the group stays', async () => {
    const other = await create('other', ['systemReadonly']);
    const group = await admin.call('accountGroup', 'create', {
      name: 'admins',
      bindings: [give('systemAdmin')],
      members: [other.id],
    });
    const { id } = group;
    await other.caller.call('account', 'bindRoles', { id: adminId, bindings: [give('systemReadonly')] });
    const refusals = [
      await other.caller.refused('accountGroup', 'update', { id, members: [] }),
      await other.caller.refused('accountGroup', 'update', { id, bindings: [give('systemReadonly')] }),
      await other.caller.refused('accountGroup', 'delete', { id }),
      await other.caller.refused('account', 'delete', { id: other.id }),
    ];
    expect(refusals.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'lastAdministrator'));
    expect(refusals.map(({ message }) => message)).toEqual([
      '这是最后一个可用的系统管理员，不能移出账号组',
      '这是最后一个可用的系统管理员，不能通过账号组降级',
      '这是最后一个可用的系统管理员，不能随账号组的删除而降级',
      '这是最后一个可用的系统管理员，不能删除',
    ]);
    await other.caller.call('accountGroup', 'update', { id, members: [other.id, adminId] });
    await other.caller.call('accountGroup', 'update', { id, members: [adminId] });
  });

  it('[IAM-06] is left by two who take each other away at the same moment', async () => {
    for (const round of [1, 2, 3, 4]) {
      const [a, b] = [await create(`a${round}`, ['systemAdmin']), await create(`b${round}`, ['systemAdmin'])];
      await a.caller.call('account', 'bindRoles', { id: adminId, bindings: [] });
      const both = await Promise.allSettled([
        a.caller.call('account', 'freeze', { id: b.id }),
        b.caller.call('account', 'freeze', { id: a.id }),
      ]);
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const refusal = both.find((one) => one.status === 'rejected');
      expect(String(refusal?.reason)).toMatch(/lastAdministrator|sessionEnded|notSignedIn/u);
      const left = both[0].status === 'fulfilled' ? a : b;
      await left.caller.call('account', 'bindRoles', { id: adminId, bindings: [give('systemAdmin')] });
      await admin.call('account', 'bindRoles', { id: left.id, bindings: [] });
    }
  });

  it('[IAM-06] is left when all are demoted by all at once', async () => {
    const others = [];
    for (let i = 0; i < 5; i += 1) others.push(await create(`c${i}`, ['systemAdmin']));
    const all = [{ id: adminId, caller: admin }, ...others];
    await Promise.allSettled(
      all.flatMap(({ caller }) => all.map(({ id }) => caller.call('account', 'bindRoles', { id, bindings: [] }))),
    );
    const { rows } = await door.gateway.parts.db.execute(`select 1 from role_binding where role = 'systemAdmin'`);
    expect(rows).toHaveLength(1);
  });

  it('[IAM-06] may not take himself away while others are there', async () => {
    await create('other', ['systemAdmin']);
    expect((await admin.refused('account', 'delete', { id: adminId })).code).toBe('actionRefused');
    expect((await admin.refused('account', 'freeze', { id: adminId })).code).toBe('actionRefused');
  });
});

describe('separation of duties', () => {
  it('[IAM-18] waits until each duty has an active account, and nobody has two', async () => {
    const none = await admin.refused('loginPolicy', 'setDutySeparation', { enabled: true });
    expect(none.code).toBe('actionRefused');
    expect(none.issues?.map(({ message }) => message)).toEqual(['安全管理员', '审计管理员']);
    const both = await create('both', ['dutySecurityAdmin', 'dutyAuditAdmin']);
    const twice = await create('twice', ['systemReadonly']);
    await admin.call('accountGroup', 'create', {
      name: 'auditors',
      bindings: [give('dutyAuditAdmin')],
      members: [twice.id],
    });
    await admin.call('account', 'bindRoles', { id: twice.id, bindings: [give('dutySystemAdmin')] });
    const conflict = await admin.refused('loginPolicy', 'setDutySeparation', { enabled: true });
    expect(codeAndField(conflict)).toEqual(['roleConflict', 'enabled']);
    expect(conflict.issues?.map(({ message }) => message.split(':')[0])).toEqual([
      'both@basalt.local',
      'twice@basalt.local',
    ]);
    await admin.call('account', 'bindRoles', { id: both.id, bindings: [give('dutySecurityAdmin')] });
    await admin.call('account', 'bindRoles', { id: twice.id, bindings: [] });
    expect(await separate(admin)).toMatchObject({ dutySeparation: true });
    expect((await both.caller.call('loginPolicy', 'get')).dutySeparation).toBe(true);
  });

  it('[IAM-18] takes accounts and logs from the system administrator at once, and gives them back', async () => {
    const security = await create('security', ['dutySecurityAdmin']);
    await create('audit', ['dutyAuditAdmin']);
    await separate(admin);
    const { permissions } = await admin.call('session', 'current');
    expect(permissions).toContain('vm:create');
    expect(permissions.filter((key) => /^(account|role|operationLog|loginPolicy):/u.test(key))).toEqual([]);
    expect((await admin.refused('account', 'list')).code).toBe('permissionMissing');
    expect((await admin.refused('loginPolicy', 'setDutySeparation', { enabled: false })).code).toBe(
      'permissionMissing',
    );
    expect((await security.caller.call('account', 'effective', { id: adminId })).permissions).not.toContain(
      'account:read',
    );
    await separate(security.caller, false);
    expect((await admin.call('account', 'list')).total).toBe(3);
  });

  it('[IAM-18] goes off only where somebody may then do everything', async () => {
    const security = await create('security', ['dutySecurityAdmin']);
    await create('audit', ['dutyAuditAdmin']);
    await create('system', ['dutySystemAdmin']);
    await separate(admin);
    await security.caller.call('account', 'bindRoles', { id: adminId, bindings: [] });
    expect((await security.caller.refused('loginPolicy', 'setDutySeparation', { enabled: false })).code).toBe(
      'actionRefused',
    );
    await security.caller.call('account', 'bindRoles', { id: adminId, bindings: [give('systemAdmin')] });
    await separate(security.caller, false);
  });

  it('[IAM-18] lets nobody have two duties, directly, by a group or by a role made for it', async () => {
    const { caller } = await create('security', ['dutySecurityAdmin']);
    const audit = await create('audit', ['dutyAuditAdmin']);
    await separate(admin);
    const two = { id: audit.id, bindings: [give('dutyAuditAdmin'), give('dutySystemAdmin')] };
    expect(codeAndField(await caller.refused('account', 'bindRoles', two))).toEqual(['roleConflict', 'bindings']);
    const asAdmin = { id: adminId, bindings: [give('systemAdmin'), give('dutyAuditAdmin')] };
    expect(codeAndField(await caller.refused('account', 'bindRoles', asAdmin))).toEqual(['roleConflict', 'bindings']);
    const group = { name: 'g', bindings: [give('dutySystemAdmin')], members: [audit.id] };
    expect(codeAndField(await caller.refused('accountGroup', 'create', group))).toEqual(['roleConflict', 'members']);
    const starter = await caller.call('role', 'create', {
      name: 'starter',
      level: 'system',
      permissions: ['vm:start'],
    });
    const made = { id: audit.id, bindings: [give('dutyAuditAdmin'), give(starter.id)] };
    expect(codeAndField(await caller.refused('account', 'bindRoles', made))).toEqual(['roleConflict', 'bindings']);
    const reader = await caller.call('role', 'create', { name: 'reader', level: 'system', permissions: ['vm:read'] });
    await caller.call('account', 'bindRoles', { id: audit.id, bindings: [give('dutyAuditAdmin'), give(reader.id)] });
    const grown = { id: reader.id, permissions: ['vm:read', 'vm:start'] };
    expect(codeAndField(await caller.refused('role', 'update', grown))).toEqual(['roleConflict', 'permissions']);
  });

  it('[IAM-18] lets the security administrator give others what he does not have, and himself nothing', async () => {
    const { id, caller } = await create('security', ['dutySecurityAdmin']);
    await create('audit', ['dutyAuditAdmin']);
    await separate(admin);
    const second = await create('second', ['dutySystemAdmin'], caller);
    await caller.call('account', 'bindRoles', { id: second.id, bindings: [give('regionAdmin')] });
    expect((await caller.call('account', 'resetPassword', { id: second.id })).password).toMatch(/\S{20}/u);
    const himself = { id, bindings: [give('dutySecurityAdmin'), give('systemReadonly')] };
    expect(codeAndField(await caller.refused('account', 'bindRoles', himself))).toEqual([
      'grantExceeds',
      'bindings.1.role',
    ]);
    const withHim = { name: 'g', bindings: [give('systemReadonly')], members: [id, second.id] };
    expect(codeAndField(await caller.refused('accountGroup', 'create', withHim))).toEqual([
      'grantExceeds',
      'bindings.0.role',
    ]);
    const group = await caller.call('accountGroup', 'create', { ...withHim, members: [second.id] });
    expect(codeAndField(await caller.refused('accountGroup', 'update', { id: group.id, members: [id] }))).toEqual([
      'grantExceeds',
      'members',
    ]);
    const empty = await caller.call('accountGroup', 'create', { name: 'empty', bindings: [], members: [id] });
    const filled = { id: empty.id, bindings: [give('systemReadonly')] };
    expect(codeAndField(await caller.refused('accountGroup', 'update', filled))).toEqual([
      'grantExceeds',
      'bindings.0.role',
    ]);
    const role = await caller.call('role', 'create', { name: 'r', level: 'system', permissions: ['account:read'] });
    await caller.call('account', 'bindRoles', { id, bindings: [give('dutySecurityAdmin'), give(role.id)] });
    const grown = { id: role.id, permissions: ['account:read', 'vm:read'] };
    expect(codeAndField(await caller.refused('role', 'update', grown))).toEqual(['grantExceeds', 'permissions.1']);
  });

  it('[IAM-18] is no such exception for who only manages accounts, nor while it is off', async () => {
    const { caller } = await create('security', ['dutySecurityAdmin']);
    const wish = { email: 'x@basalt.local', name: 'x', level: 'system', bindings: [give('systemReadonly')] };
    expect((await caller.refused('account', 'create', wish)).code).toBe('grantExceeds');
    await create('audit', ['dutyAuditAdmin']);
    await separate(admin);
    const manages = await caller.call('role', 'create', {
      name: 'manages',
      level: 'system',
      permissions: ['account:read', 'account:create', 'account:bindRoles'],
    });
    const manager = await create('manager', [manages.id], caller);
    expect((await manager.caller.refused('account', 'create', wish)).code).toBe('grantExceeds');
    await caller.call('account', 'create', wish as never);
  });

  it('[IAM-18] keeps the last active account of each duty', async () => {
    const { id, caller } = await create('security', ['dutySecurityAdmin']);
    const audit = await create('audit', ['dutyAuditAdmin']);
    await separate(admin);
    const refusals = [
      await caller.refused('account', 'freeze', { id: audit.id }),
      await caller.refused('account', 'delete', { id: adminId }),
      await caller.refused('account', 'bindRoles', { id, bindings: [] }),
      await caller.refused('account', 'freeze', { id }),
    ];
    expect(refusals.map(({ code, message }) => [code, message])).toEqual([
      ['lastAdministrator', '这是最后一个可用的审计管理员，不能冻结'],
      ['lastAdministrator', '这是最后一个可用的系统管理员（三员），不能删除'],
      ['lastAdministrator', '这是最后一个可用的安全管理员，不能降级'],
      ['lastAdministrator', '这是最后一个可用的安全管理员，不能冻结'],
    ]);
  });

  it('[AUD-01] turning it is told in the log, and turning it twice changes nothing', async () => {
    const { caller } = await create('security', ['dutySecurityAdmin']);
    await create('audit', ['dutyAuditAdmin']);
    await separate(admin);
    expect((await separate(caller)).dutySeparation).toBe(true);
    const { rows } = await door.gateway.parts.db.execute(
      `select detail from operation_log where operation = 'loginPolicy.setDutySeparation' order by sequence`,
    );
    expect(rows).toEqual([{ detail: { enabled: { from: false, to: true } } }, { detail: {} }]);
  });
});
