import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInRoles, rolePermissions, type BuiltInRole, type RoleRef } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { callerOf, codeAndField, type Caller } from './account-kit.ts';
import { doorOpen, PASSWORD, postgresOpen, type Door } from './harness.ts';

const NOBODY = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a';
let postgres: TestPostgres;
let door: Door;
let admin: Caller;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  admin = callerOf(door, await door.signIn('admin@basalt.local'));
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const give = (role: string, scope: object | null = null) => ({ role: role as RoleRef, scope }) as never;
let n = 0;
const create = async (bindings: readonly never[], level: 'system' | 'region' = 'region') => {
  n += 1;
  const email = `m${n}@basalt.local`;
  const wish = { email, name: `M${n}`, level, bindings: [...bindings], password: PASSWORD, mustChangePassword: false };
  const { account } = await admin.call('account', 'create', {
    ...wish,
    regions: level === 'region' ? ['region-1'] : [],
  });
  return { ...account, caller: async () => callerOf(door, await door.signIn(email)) };
};

describe('account groups', () => {
  it('[IAM-17] give their roles to members from the next request, and take them away', async () => {
    const { id, email, caller } = await create([give('regionReadonly')]);
    const mine = await caller();
    const may = async () => (await mine.call('session', 'current')).permissions.includes('vm:create');
    expect(await may()).toBe(false);
    const group = await admin.call('accountGroup', 'create', {
      name: 'Builders',
      bindings: [give('regionAdmin')],
      members: [id],
    });
    expect(group).toMatchObject({ note: '', members: [{ id, email }], bindings: [{ role: 'regionAdmin' }] });
    expect(await may()).toBe(true);
    expect((await admin.call('account', 'get', { id })).groups).toMatchObject([
      { name: 'Builders', bindings: [{ role: 'regionAdmin' }] },
    ]);
    await admin.call('accountGroup', 'update', { id: group.id, members: [] });
    expect(await may()).toBe(false);
    await admin.call('accountGroup', 'update', { id: group.id, members: [id], name: 'Makers', note: 'n' });
    expect(await may()).toBe(true);
    await admin.call('accountGroup', 'update', { id: group.id, bindings: [give('regionReadonly')] });
    expect(await may()).toBe(false);
    await admin.call('accountGroup', 'update', { id: group.id, bindings: [give('regionAdmin')] });
    await admin.call('accountGroup', 'delete', { id: group.id });
    expect(await may()).toBe(false);
    expect((await admin.refused('accountGroup', 'get', { id: group.id })).code).toBe('notFound');
  });

  it('[IAM-17] are listed by name, page by page', async () => {
    for (const name of ['zz-b', 'zz-a', 'zz-c']) await admin.call('accountGroup', 'create', { name, bindings: [] });
    const first = await admin.call('accountGroup', 'list', { search: 'ZZ-', limit: 2 });
    expect([first.items.map(({ name }) => name), first.total]).toEqual([['zz-a', 'zz-b'], 3]);
    const next = await admin.call('accountGroup', 'list', { search: 'ZZ-', limit: 2, cursor: first.nextCursor ?? '' });
    expect([next.items.map(({ name }) => name), next.nextCursor]).toEqual([['zz-c'], null]);
  });

  it('[IAM-17] are sorted by name, by how many belong to them and by age, both ways', async () => {
    const members: string[] = [];
    for (let i = 0; i < 3; i += 1) members.push((await create([give('regionReadonly')])).id);
    for (const [name, count] of [
      ['yy-c', 1],
      ['yy-a', 3],
      ['yy-b', 2],
    ] as const)
      await admin.call('accountGroup', 'create', { name, bindings: [], members: members.slice(0, count) });
    const names = async (field: 'name' | 'members' | 'createdAt', order: 'asc' | 'desc') =>
      (await admin.call('accountGroup', 'list', { search: 'yy-', sort: { field, order } })).items.map(
        ({ name }) => name,
      );
    const expected = {
      name: ['yy-a', 'yy-b', 'yy-c'],
      members: ['yy-c', 'yy-b', 'yy-a'],
      createdAt: ['yy-c', 'yy-a', 'yy-b'],
    } as const;
    for (const field of ['name', 'members', 'createdAt'] as const) {
      expect(await names(field, 'asc'), field).toEqual(expected[field]);
      expect(await names(field, 'desc'), field).toEqual(expected[field].toReversed());
    }
    const first = await admin.call('accountGroup', 'list', {
      search: 'yy-',
      sort: { field: 'members', order: 'desc' },
      limit: 1,
      page: 2,
    });
    expect(first.items.map(({ name }) => name)).toEqual(['yy-b']);
  });

  it('[IAM-17] are refused what a direct role is refused', async () => {
    const { id } = await create([give('vmOperator')]);
    const system = await create([give('systemReadonly')], 'system');
    const wish = { name: 'wrong', bindings: [give('regionReadonly')], members: [id] };
    await admin.call('accountGroup', 'create', { name: 'there', bindings: [] });
    const refusals: readonly (readonly [object, string, string])[] = [
      [{ ...wish, name: 'there' }, 'nameTaken', 'name'],
      [{ ...wish, members: [NOBODY] }, 'invalidInput', 'members.0'],
      [{ ...wish, bindings: [give(NOBODY)] }, 'invalidInput', 'bindings.0.role'],
      [{ ...wish, bindings: [give('systemReadonly')] }, 'invalidInput', 'bindings.0.role'],
      [{ ...wish, bindings: [give('regionAdmin')] }, 'roleConflict', 'members'],
      [{ ...wish, bindings: [give('regionAdmin', {})] }, 'invalidInput', 'bindings.0.scope'],
    ];
    for (const [input, code, field] of refusals)
      expect(codeAndField(await admin.refused('accountGroup', 'create', input as never))).toEqual([code, field]);
    const group = await admin.call('accountGroup', 'create', { ...wish, name: 'right' });
    const upper = { id: group.id, bindings: [give('systemReadonly')] };
    expect(codeAndField(await admin.refused('accountGroup', 'update', upper))).toEqual([
      'invalidInput',
      'bindings.0.role',
    ]);
    expect(codeAndField(await admin.refused('accountGroup', 'update', { id: group.id, name: 'there' }))).toEqual([
      'nameTaken',
      'name',
    ]);
    expect(
      codeAndField(await admin.refused('accountGroup', 'update', { id: group.id, bindings: [give('regionAdmin')] })),
    ).toEqual(['roleConflict', 'bindings']);
    const high = await admin.call('accountGroup', 'create', {
      name: 'high',
      bindings: [give('systemReadonly')],
      members: [system.id],
    });
    const lower = { id: system.id, level: 'region', bindings: [give('regionReadonly')] };
    expect(codeAndField(await admin.refused('account', 'bindRoles', lower))).toEqual(['invalidInput', 'level']);
    for (const verb of ['get', 'update', 'delete'] as const)
      expect((await admin.refused('accountGroup', verb, { id: NOBODY })).code).toBe('notFound');
    const joining = {
      email: 'j@basalt.local',
      name: 'j',
      level: 'region',
      bindings: [give('regionReadonly')],
      groups: [high.id],
    };
    expect(codeAndField(await admin.refused('account', 'create', joining))).toEqual(['invalidInput', 'groups.0']);
  });

  it('[IAM-17] give the very same as direct roles', async () => {
    const vms = [NOBODY];
    const some = fc.uniqueArray(
      fc.record({
        role: fc.constantFrom<BuiltInRole>(
          'regionReadonly',
          'regionAdmin',
          'systemReadonly',
          'dutyAuditAdmin',
          'dutySystemAdmin',
        ),
        scope: fc.constantFrom(null, { clusters: [], hosts: [], vms }),
      }),
      { minLength: 1, maxLength: 4, selector: (one) => JSON.stringify(one) },
    );
    const [direct, byGroup] = [
      await create([give('systemReadonly')], 'system'),
      await create([give('systemReadonly')], 'system'),
    ];
    await admin.call('account', 'bindRoles', { id: byGroup.id, bindings: [] });
    const group = await admin.call('accountGroup', 'create', { name: 'same', bindings: [], members: [byGroup.id] });
    const rights = async (id: typeof direct.id) => {
      const found = await admin.call('account', 'effective', { id });
      const scoped = found.scoped.map(({ permissions }) => permissions.toSorted().join(' ')).toSorted();
      return { all: found.permissions.toSorted(), own: found.own.toSorted(), scoped, regions: found.regions };
    };
    await fc.assert(
      fc.asyncProperty(some, async (bindings) => {
        await admin.call('account', 'bindRoles', { id: direct.id, bindings: bindings as never });
        await admin.call('accountGroup', 'update', { id: group.id, bindings: bindings as never });
        expect(await rights(byGroup.id)).toEqual(await rights(direct.id));
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

describe('roles', () => {
  const custom = async (name: string, change: object = {}) =>
    admin.call('role', 'create', { name, level: 'region', permissions: ['vm:start', 'vm:read'], ...change });

  it('[IAM-04] lists the built-in ones first, with how often they are given', async () => {
    await custom('aaa first by name');
    const { items, total } = await admin.call('role', 'list', { limit: 200 });
    expect(total).toBe(items.length);
    expect(items.slice(0, 8).map(({ id }) => id)).toEqual(Object.keys(builtInRoles));
    expect(items[0]).toMatchObject({
      id: 'systemAdmin',
      name: '系统管理员',
      builtIn: true,
      accounts: 1,
      groups: 0,
      createdAt: null,
    });
    expect(items[8]).toMatchObject({ name: 'aaa first by name', builtIn: false, permissions: ['vm:read', 'vm:start'] });
    expect((await admin.call('role', 'list', { filter: { builtIn: false }, search: 'AAA' })).total).toBe(1);
    expect(
      (await admin.call('role', 'list', { filter: { builtIn: true, level: 'region' } })).items.map(({ id }) => id),
    ).toEqual(['regionAdmin', 'regionReadonly', 'vmOperator']);
    const first = await admin.call('role', 'list', { limit: 5 });
    expect((await admin.call('role', 'list', { limit: 5, cursor: first.nextCursor ?? '' })).items[0]?.id).toBe(
      items[5]?.id,
    );
  });

  it.each(['name', 'level', 'permissions', 'accounts', 'groups', 'createdAt'] as const)(
    '[IAM-04] sorts by %s, built-in and custom ones together, page by page',
    async (field) => {
      await custom(`sorted by ${field}`);
      const listed = async (order: 'asc' | 'desc') =>
        (await admin.call('role', 'list', { sort: { field, order }, limit: 200 })).items;
      const value = (role: Awaited<ReturnType<typeof listed>>[number]) =>
        field === 'permissions' ? role.permissions.length : (role[field] ?? '');
      const { compare } = new Intl.Collator('zh-CN', { numeric: true });
      for (const order of ['asc', 'desc'] as const) {
        const items = await listed(order);
        const values = items.map(value);
        const sorted = values.toSorted((a, b) =>
          typeof a === 'number' && typeof b === 'number' ? a - b : compare(String(a), String(b)),
        );
        expect(values, order).toEqual(order === 'asc' ? sorted : sorted.toReversed());
        const second = await admin.call('role', 'list', { sort: { field, order }, limit: 3, page: 2 });
        expect(second.items.map(({ id }) => id)).toEqual(items.slice(3, 6).map(({ id }) => id));
      }
      expect(new Set((await listed('asc')).map(({ id }) => id))).toEqual(
        new Set((await admin.call('role', 'list', { limit: 200 })).items.map(({ id }) => id)),
      );
    },
  );

  it('[IAM-04] shows one and who has it, accounts and groups', async () => {
    const { id } = await custom('held');
    const { id: accountId, email } = await create([give(id)]);
    const group = await admin.call('accountGroup', 'create', {
      name: 'holders',
      bindings: [give(id)],
      members: [accountId],
    });
    expect(await admin.call('role', 'get', { id })).toMatchObject({ accounts: 1, groups: 1 });
    const { items, total } = await admin.call('role', 'holders', { id });
    expect(total).toBe(2);
    expect(items).toEqual(
      expect.arrayContaining([
        { kind: 'account', id: accountId, name: expect.any(String) as string, detail: email },
        { kind: 'group', id: group.id, name: 'holders', detail: '1 个成员' },
      ]),
    );
    expect((await admin.call('role', 'holders', { id: 'systemAdmin', search: 'admin@' })).total).toBe(1);
    expect((await admin.refused('role', 'holders', { id: NOBODY })).code).toBe('notFound');
    expect((await admin.refused('role', 'get', { id: NOBODY })).code).toBe('notFound');
    const inUse = await admin.refused('role', 'delete', { id });
    expect(inUse.code).toBe('inUse');
    expect(inUse.message).toContain(email);
    expect(inUse.message).toContain('holders');
  });

  it('[IAM-04] copies built-in and custom ones', async () => {
    const copy = await admin.call('role', 'clone', { id: 'vmOperator', name: 'operator, ours' });
    expect(copy).toMatchObject({ builtIn: false, level: 'region', dataScope: 'own' });
    expect(copy.permissions.toSorted()).toEqual(rolePermissions('vmOperator').toSorted());
    const again = await admin.call('role', 'clone', { id: copy.id, name: 'operator, again' });
    expect(again.permissions).toEqual(copy.permissions);
    expect((await admin.refused('role', 'clone', { id: NOBODY, name: 'x' })).code).toBe('notFound');
  });

  it('[IAM-04] changes hold for all who have it from their next request, also by a group', async () => {
    const { id } = await custom('growing');
    const [direct, byGroup] = [await create([give(id)]), await create([give('regionReadonly')])];
    await admin.call('accountGroup', 'create', { name: 'growing', bindings: [give(id)], members: [byGroup.id] });
    const callers = [await direct.caller(), await byGroup.caller()];
    const may = () =>
      Promise.all(callers.map(async (one) => (await one.call('session', 'current')).permissions.includes('vm:delete')));
    expect(await may()).toEqual([false, false]);
    const permissions = ['vm:read', 'vm:delete'] as never;
    expect((await admin.call('role', 'update', { id, permissions, name: 'grown' })).name).toBe('grown');
    expect(await may()).toEqual([true, true]);
    await admin.call('role', 'update', { id, permissions: ['vm:read'] });
    expect(await may()).toEqual([false, false]);
  });

  it('[IAM-04] deletes one that nobody has', async () => {
    const { id } = await custom('short-lived');
    await admin.call('role', 'delete', { id });
    for (const verb of ['get', 'update', 'delete'] as const)
      expect((await admin.refused('role', verb, { id })).code).toBe('notFound');
  });

  it('[IAM-04] refuses names that are taken, also those of built-in roles in either language', async () => {
    const { id } = await custom('taken');
    const other = await custom('other');
    for (const name of ['taken', '系统管理员', 'System administrator', 'region ADMINISTRATOR', 'vmOperator']) {
      const wish = { name, level: 'region', permissions: ['vm:read'] };
      expect(codeAndField(await admin.refused('role', 'create', wish))).toEqual(['nameTaken', 'name']);
      expect(codeAndField(await admin.refused('role', 'clone', { id, name }))).toEqual(['nameTaken', 'name']);
      expect(codeAndField(await admin.refused('role', 'update', { id: other.id, name }))).toEqual([
        'nameTaken',
        'name',
      ]);
    }
    await admin.call('role', 'update', { id, name: 'taken', note: 'itself' });
  });

  it('[IAM-03] refuses to change or delete a built-in one', async () => {
    expect(codeAndField(await admin.refused('role', 'update', { id: 'regionAdmin', name: 'x' }))).toEqual([
      'invalidInput',
      'id',
    ]);
    expect(codeAndField(await admin.refused('role', 'delete', { id: 'regionAdmin' }))).toEqual(['invalidInput', 'id']);
  });

  it('[IAM-02] refuses what is the platform’s in a role of level region', async () => {
    const wish = { name: 'x', level: 'region', permissions: ['vm:read', 'account:read'] };
    expect(codeAndField(await admin.refused('role', 'create', wish))).toEqual(['invalidInput', 'permissions.1']);
    expect(codeAndField(await admin.refused('role', 'create', { ...wish, permissions: [] }))).toEqual([
      'invalidInput',
      'permissions',
    ]);
    expect(codeAndField(await admin.refused('role', 'create', { ...wish, permissions: ['vm:fly'] }))).toEqual([
      'invalidInput',
      'permissions.0',
    ]);
    const { id } = await custom('regional');
    expect(codeAndField(await admin.refused('role', 'update', { id, permissions: ['role:read'] }))).toEqual([
      'invalidInput',
      'permissions.0',
    ]);
  });

  it('[IAM-02] refuses a custom role of level system to a region-level account', async () => {
    const { id } = await custom('of the system', { level: 'system' });
    const wish = { email: 'r@basalt.local', name: 'r', level: 'region', bindings: [give(id)] };
    expect(codeAndField(await admin.refused('account', 'create', wish))).toEqual(['invalidInput', 'bindings.0.role']);
  });

  it('[IAM-22] refuses to make one for own resources of which a binding is narrowed', async () => {
    const { id } = await custom('narrowed somewhere');
    const { id: accountId } = await create([give(id, { vms: [NOBODY] })]);
    expect(codeAndField(await admin.refused('role', 'update', { id, dataScope: 'own' }))).toEqual([
      'invalidInput',
      'dataScope',
    ]);
    await admin.call('account', 'bindRoles', { id: accountId, bindings: [give(id)] });
    expect((await admin.call('role', 'update', { id, dataScope: 'own' })).dataScope).toBe('own');
  });

  it('[IAM-22] tells the region what holds for chosen resources', async () => {
    const { caller } = await create([give('regionAdmin', { vms: [NOBODY] })]);
    const mine = await caller();
    await mine.call('vm', 'list', { region: 'region-1' });
    const actor = door.region.calls.at(-1)?.actor;
    expect(actor?.scoped).toMatchObject([{ scope: { vms: [NOBODY] } }]);
    expect(actor?.scoped[0]?.permissions).toContain('vm:read');
    expect(actor?.permissions).not.toContain('vm:read');
    expect(actor?.permissions).toContain('image:read');
  });
});
