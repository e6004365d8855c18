/** Nobody gives more than he has, by whatever way (IAM-05, IAM-17, IAM-22). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rolePermissions, type AccountId, type Permission, type RoleRef } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { callerOf, codeAndField, type Caller, type Refusal } from './account-kit.ts';
import { doorOpen, PASSWORD, postgresOpen, type Door } from './harness.ts';
import { keyCreate, signedFetch } from './signed.ts';

const VM = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a';
const OTHER_VM = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0b';
const manages: Permission[] = rolePermissions('dutySecurityAdmin').filter((key) => !key.startsWith('loginPolicy:'));

let postgres: TestPostgres;
let door: Door;
let admin: Caller;
/** Manages accounts and may start VMs, and nothing else; by name, what is made for it. */
let manager: Caller;
let managerId: AccountId;
let managerRole: RoleRef;
let starterRole: RoleRef;

const give = (role: string, scope: object | null = null) => ({ role: role as RoleRef, scope }) as never;
let n = 0;
const create = async (bindings: readonly never[], level: 'system' | 'region' = 'region', by = admin) => {
  n += 1;
  const email = `g${n}@basalt.local`;
  const wish = { email, name: email, level, bindings: [...bindings], password: PASSWORD, mustChangePassword: false };
  const { account } = await by.call('account', 'create', wish);
  return account;
};
const role = async (name: string, permissions: Permission[], change: object = {}): Promise<RoleRef> =>
  (await admin.call('role', 'create', { name, level: 'region', permissions, ...change })).id;
const told = ({ code, field, params }: Refusal) => [code, field, /\((.+)\)/u.exec(String(params['permission']))?.[1]];

beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  admin = callerOf(door, await door.signIn('admin@basalt.local'));
  starterRole = await role('starter', ['vm:read', 'vm:start']);
  managerRole = await role('manager', manages, { level: 'system' });
  const made = await create([give(managerRole), give(starterRole)], 'system');
  managerId = made.id;
  manager = callerOf(door, await door.signIn(made.email));
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

describe('by a role', () => {
  it('[IAM-05] gives what one has oneself', async () => {
    const made = await create([give(starterRole)], 'region', manager);
    expect(made.bindings).toMatchObject([{ role: starterRole, roleName: 'starter' }]);
    await manager.call('account', 'bindRoles', { id: made.id, bindings: [] });
  });

  it('[IAM-05] names the first permission that one does not have, at the role', async () => {
    const wish = {
      email: 'x@basalt.local',
      name: 'x',
      level: 'system',
      bindings: [give(starterRole), give('systemReadonly')],
    };
    const refusal = await manager.refused('account', 'create', wish);
    expect(told(refusal)).toEqual(['grantExceeds', 'bindings.1.role', 'overview:read']);
    expect(refusal.message).toContain('overview:read');
    const made = await create([give(starterRole)], 'region', manager);
    const more = { id: made.id, bindings: [give(starterRole), give('regionAdmin')] };
    expect(told(await manager.refused('account', 'bindRoles', more))).toEqual([
      'grantExceeds',
      'bindings.1.role',
      'overview:read',
    ]);
  });

  it('[IAM-05] gives oneself no more either', async () => {
    const more = { id: managerId, bindings: [give(managerRole), give(starterRole), give('systemAdmin')] };
    expect(codeAndField(await manager.refused('account', 'bindRoles', more))).toEqual([
      'grantExceeds',
      'bindings.2.role',
    ]);
  });

  it('[IAM-05] leaves what somebody has already, and takes away what one does not have', async () => {
    const { id } = await create([give('regionAdmin'), give(starterRole)]);
    await manager.call('account', 'bindRoles', { id, bindings: [give('regionAdmin')] });
    await manager.call('account', 'bindRoles', { id, bindings: [] });
    expect((await manager.refused('account', 'bindRoles', { id, bindings: [give('regionAdmin')] })).code).toBe(
      'grantExceeds',
    );
  });

  it('[IAM-22] gives within one’s own scope only', async () => {
    const made = await create([give(managerRole), give('regionAdmin', { vms: [VM] })], 'system');
    const narrow = callerOf(door, await door.signIn(made.email));
    await create([give('regionAdmin', { vms: [VM] })], 'region', narrow);
    for (const scope of [{ vms: [VM, OTHER_VM] }, { hosts: [OTHER_VM] }, { vms: [VM], clusters: [OTHER_VM] }])
      expect(
        told(
          await narrow.refused('account', 'create', {
            email: 'x@basalt.local',
            name: 'x',
            level: 'region',
            bindings: [give('regionAdmin', scope)],
          }),
        ),
      ).toEqual(['grantExceeds', 'bindings.0.role', 'vm:read']);
    const whole = { email: 'x@basalt.local', name: 'x', level: 'region', bindings: [give(starterRole)] };
    expect(told(await narrow.refused('account', 'create', whole))).toEqual([
      'grantExceeds',
      'bindings.0.role',
      'vm:read',
    ]);
  });

  it('[IAM-02] grants no region to somebody who may more there, and raises nobody’s level', async () => {
    const { id } = await create([give('regionAdmin')]);
    expect(codeAndField(await manager.refused('account', 'grantRegions', { id, regions: ['region-1'] }))).toEqual([
      'grantExceeds',
      'regions',
    ]);
    const raise = { id, level: 'system', bindings: [give('regionAdmin')] };
    expect(codeAndField(await manager.refused('account', 'bindRoles', raise))).toEqual(['grantExceeds', 'level']);
  });

  it('[IAM-05] gives no more what was taken from it a moment ago', async () => {
    const own = await create([give(managerRole), give(starterRole)], 'system');
    await admin.call('account', 'bindRoles', { id: own.id, bindings: [give(managerRole)] });
    const mine = callerOf(door, await door.signIn(own.email));
    const wish = { email: 'x@basalt.local', name: 'x', level: 'region', bindings: [give(starterRole)] };
    expect(told(await mine.refused('account', 'create', wish))).toEqual(['grantExceeds', 'bindings.0.role', 'vm:read']);
  });
});

describe('by a key', () => {
  it('[IAM-15] gives no more than the key was narrowed to, though its account has more', async () => {
    const made = await create([give(managerRole), give(starterRole)], 'system');
    const cookie = await door.signIn(made.email);
    const narrow = await keyCreate(door, cookie, { permissions: manages });
    const whole = await keyCreate(door, cookie);
    const wish = {
      email: 'by-key@basalt.local',
      name: 'by key',
      level: 'region',
      bindings: [{ role: starterRole }],
    };
    const refusal = await signedFetch(door, narrow, 'POST', '/accounts', wish);
    expect(refusal.body).toMatchObject({ code: 'grantExceeds', field: 'bindings.0.role' });
    expect((await signedFetch(door, whole, 'POST', '/accounts', wish)).status).toBe(200);
  });
});

describe('by a group', () => {
  it('[IAM-17] makes no group that has more than oneself, and gives none of them more', async () => {
    const wish = { name: 'too much', bindings: [give('regionAdmin')], members: [managerId] };
    expect(codeAndField(await manager.refused('accountGroup', 'create', wish))).toEqual([
      'grantExceeds',
      'bindings.0.role',
    ]);
    const { id } = await manager.call('accountGroup', 'create', { name: 'starters', bindings: [give(starterRole)] });
    const more = { id, bindings: [give(starterRole), give('regionAdmin')] };
    expect(codeAndField(await manager.refused('accountGroup', 'update', more))).toEqual([
      'grantExceeds',
      'bindings.1.role',
    ]);
  });

  it('[IAM-17] puts nobody into a group that has more, oneself neither', async () => {
    const other = await create([give(starterRole)]);
    const group = await admin.call('accountGroup', 'create', { name: 'admins', bindings: [give('regionAdmin')] });
    for (const member of [other.id, managerId])
      expect(
        codeAndField(await manager.refused('accountGroup', 'update', { id: group.id, members: [member] })),
      ).toEqual(['grantExceeds', 'members']);
    const wish = {
      email: 'x@basalt.local',
      name: 'x',
      level: 'region',
      bindings: [give(starterRole)],
      groups: [group.id],
    };
    expect(codeAndField(await manager.refused('account', 'create', wish))).toEqual(['grantExceeds', 'groups.0']);
    await admin.call('accountGroup', 'update', { id: group.id, members: [other.id] });
    await manager.call('accountGroup', 'update', { id: group.id, members: [] });
  });
});

describe('by what a role says', () => {
  it('[IAM-04] makes and copies no role that may more than oneself', async () => {
    const wish = { name: 'too much', level: 'region', permissions: ['vm:start', 'vm:delete'] };
    expect(told(await manager.refused('role', 'create', wish))).toEqual(['grantExceeds', 'permissions.1', 'vm:delete']);
    expect(codeAndField(await manager.refused('role', 'clone', { id: 'regionAdmin', name: 'mine' }))).toEqual([
      'grantExceeds',
      'id',
    ]);
    await manager.call('role', 'clone', { id: starterRole, name: 'starter, again' });
  });

  it('[IAM-04] widens no role beyond oneself, be it one’s own', async () => {
    const more = (await admin.call('role', 'get', { id: starterRole })).permissions.concat('vm:delete');
    expect(told(await manager.refused('role', 'update', { id: starterRole, permissions: more }))).toEqual([
      'grantExceeds',
      'permissions.2',
      'vm:delete',
    ]);
    const own = { id: managerRole, permissions: [...manages, 'loginPolicy:update'] };
    expect((await manager.refused('role', 'update', own)).code).toBe('grantExceeds');
  });

  it('[IAM-19] turns no role for own resources into one for all', async () => {
    const id = await role('own deleter', ['vm:read', 'vm:delete'], { dataScope: 'own' });
    expect(told(await manager.refused('role', 'update', { id, dataScope: 'all' }))).toEqual([
      'grantExceeds',
      'permissions.1',
      'vm:delete',
    ]);
  });

  it('[IAM-04] narrows a role that may more', async () => {
    const id = await role('deleter', ['vm:read', 'vm:delete']);
    const changed = await manager.call('role', 'update', { id, permissions: ['vm:delete'] });
    expect(changed.permissions).toEqual(['vm:delete']);
  });
});

describe('by becoming somebody', () => {
  it('[IAM-06] takes over no account that may more: password, second factor, address', async () => {
    const { id } = await create([give('regionAdmin')]);
    const { db, seal } = door.gateway.parts;
    await db.execute(`update account set totp_secret = '${seal.seal('x')}' where id = '${id}'`);
    const tries = [
      await manager.refused('account', 'resetPassword', { id }),
      await manager.refused('account', 'resetTotp', { id }),
      await manager.refused('account', 'update', { id, email: 'mine@basalt.local' }),
    ];
    expect(tries.map(({ code }) => code)).toEqual(['permissionMissing', 'permissionMissing', 'permissionMissing']);
    await manager.call('account', 'update', { id, note: 'seen' });
    const less = await create([give(starterRole)]);
    expect((await manager.call('account', 'resetPassword', { id: less.id })).password).toMatch(/\S{20}/u);
  });
});
