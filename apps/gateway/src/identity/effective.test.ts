import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  builtInRoles,
  permissionTable,
  rolePermissions,
  type BuiltInRole,
  type Permission,
  type ResourceScope,
} from '@basalt/contract';
import type { BindingFact } from '../store/role-store.ts';
import { effectiveOf, type Effective } from './effective.ts';
import { exceeding } from './grants.ts';

const keys = Object.keys(permissionTable) as Permission[];
const ids = ['a', 'b', 'c'].map((letter) => `01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0${letter}`);

const scope = fc.record({
  clusters: fc.subarray(ids),
  hosts: fc.subarray(ids),
  vms: fc.subarray(ids, { minLength: 1 }),
}) as fc.Arbitrary<ResourceScope>;
const binding = (narrowed: fc.Arbitrary<ResourceScope | null>): fc.Arbitrary<BindingFact> =>
  fc.oneof(
    fc.record({
      role: fc.constantFrom(...(Object.keys(builtInRoles) as BuiltInRole[])),
      scope: narrowed,
      permissions: fc.constant(null),
      dataScope: fc.constant(null),
    }),
    fc.record({
      role: fc.uuid(),
      scope: narrowed,
      permissions: fc.subarray(keys, { maxLength: 40 }),
      dataScope: fc.constantFrom<'all' | 'own'>('all', 'own'),
    }),
  );
const some = fc.array(binding(fc.option(scope, { nil: null })), { maxLength: 5 });
const level = fc.constantFrom<'system' | 'region'>('system', 'region');

/** All that somebody may, as comparable text. */
const told = ({ permissions, own, scoped }: Effective): string[] =>
  [
    ...[...permissions].map((key) => `all ${key}`),
    ...[...own].map((key) => `own ${key}`),
    ...scoped.flatMap((part) => part.permissions.map((key) => `${JSON.stringify(part.scope)} ${key}`)),
  ].toSorted();
const within = (inner: Effective, outer: Effective): boolean => exceeding(outer, inner) === null;
const runs = { numRuns: 200 };

describe('what an account may do', () => {
  it('[IAM-05] is the union of its roles: no less than by each, and nothing that none of them gives', () => {
    fc.assert(
      fc.property(level, some, (at, bindings) => {
        const all = effectiveOf(at, bindings);
        const each = bindings.map((one) => effectiveOf(at, [one]));
        for (const one of each) expect(within(one, all)).toBe(true);
        const sources = new Set([...each.flatMap(told), ...told(effectiveOf(at, []))]);
        for (const right of told(all)) expect(sources).toContain(right);
      }),
      runs,
    );
  });

  it('[IAM-05] does not depend on the order of its roles, nor on one given twice', () => {
    fc.assert(
      fc.property(level, some, (at, bindings) => {
        const all = new Set(told(effectiveOf(at, bindings)));
        expect(new Set(told(effectiveOf(at, bindings.toReversed())))).toEqual(all);
        expect(new Set(told(effectiveOf(at, [...bindings, ...bindings])))).toEqual(all);
      }),
      runs,
    );
  });

  it('[IAM-22] is never more by a narrowed role than by the same role', () => {
    fc.assert(
      fc.property(level, binding(fc.constant(null)), scope, (at, whole, narrowed) => {
        const before = effectiveOf(at, [whole]);
        const after = effectiveOf(at, [{ ...whole, scope: narrowed }]);
        expect(within(after, before)).toBe(true);
      }),
      runs,
    );
  });

  it('[IAM-15] is never more by a key’s narrowing, and nothing outside of it', () => {
    fc.assert(
      fc.property(level, some, fc.subarray(keys), (at, bindings, narrowedTo) => {
        const key = effectiveOf(at, bindings, narrowedTo);
        expect(within(key, effectiveOf(at, bindings))).toBe(true);
        for (const permission of key.may) expect(narrowedTo).toContain(permission);
      }),
      runs,
    );
  });

  it('[IAM-02] is nothing of the platform’s for an account of level region', () => {
    fc.assert(
      fc.property(some, (bindings) => {
        for (const permission of effectiveOf('region', bindings).may)
          expect(permissionTable[permission].scope).toBe('region');
      }),
      runs,
    );
  });

  it('[IAM-21] always has one’s own account', () => {
    expect([...effectiveOf('region', []).permissions]).toEqual(['myAccount:read', 'myAccount:update']);
  });

  it('[IAM-05] is nothing by a role that is not known', () => {
    const gone: BindingFact = { role: ids[0] ?? '', scope: null, permissions: null, dataScope: null };
    expect(told(effectiveOf('system', [gone]))).toEqual(told(effectiveOf('system', [])));
  });

  it('[IAM-19] is for own resources only as VM operator, and reading of what is shared', () => {
    const { own, permissions } = effectiveOf('region', [
      { role: 'vmOperator', scope: null, permissions: null, dataScope: null },
    ]);
    expect([...own]).toEqual(expect.arrayContaining(['vm:read', 'vm:start', 'disk:read', 'task:read']));
    expect([...permissions]).toEqual(expect.arrayContaining(['image:read', 'network:read']));
    expect(permissions.has('vm:read')).toBe(false);
    expect([...own, ...permissions].toSorted()).toEqual(rolePermissions('vmOperator').toSorted());
  });

  it('[IAM-22] keeps of a narrowed role what a scope can tell apart, and the reading of what is shared', () => {
    const narrowed: ResourceScope = { clusters: [], hosts: [], vms: [ids[0]] } as never;
    const { permissions, scoped, own } = effectiveOf('system', [
      { role: 'systemAdmin', scope: narrowed, permissions: null, dataScope: null },
    ]);
    expect(scoped).toHaveLength(1);
    expect(scoped[0]?.permissions).toEqual(expect.arrayContaining(['vm:read', 'vm:delete', 'host:read']));
    expect([...permissions]).toEqual(expect.arrayContaining(['image:read', 'myAccount:manageApiKeys']));
    for (const key of ['image:delete', 'network:create', 'account:read', 'role:update'] as const)
      expect(permissions.has(key)).toBe(false);
    expect(own.size).toBe(0);
  });

  it('[IAM-22] gives nothing of owned resources by a narrowed role for own resources', () => {
    const narrowed: ResourceScope = { clusters: [], hosts: [], vms: [ids[0]] } as never;
    const { may } = effectiveOf('region', [
      { role: 'vmOperator', scope: narrowed, permissions: null, dataScope: null },
    ]);
    expect(may.has('vm:read')).toBe(false);
  });
});

describe('whether rights contain others', () => {
  it('[IAM-05] is a partial order', () => {
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        const [x, y, z] = [a, [...a, ...b], [...a, ...b, ...c]].map((bindings) => effectiveOf('system', bindings));
        if (!x || !y || !z) throw new Error('three');
        expect([within(x, x), within(x, y), within(y, z), within(x, z)]).toEqual([true, true, true, true]);
      }),
      runs,
    );
  });

  it('[IAM-22] names the first that goes further, also a scope that names more', () => {
    const part = (vms: readonly string[]): BindingFact => ({
      role: 'regionAdmin',
      scope: { clusters: [], hosts: [], vms } as never,
      permissions: null,
      dataScope: null,
    });
    const held = effectiveOf('system', [part(ids.slice(0, 2))]);
    expect(exceeding(held, effectiveOf('system', [part(ids.slice(0, 1))]))).toBeNull();
    expect(exceeding(held, effectiveOf('system', [part(ids)]))).toBe('vm:read');
    const whole = { ...part([]), scope: null };
    expect(exceeding(held, effectiveOf('system', [whole]))).toBe('overview:export');
    const operator = effectiveOf('system', [{ ...whole, role: 'vmOperator' }]);
    expect(exceeding(effectiveOf('system', [whole]), operator)).toBeNull();
    expect(exceeding(operator, effectiveOf('system', [whole]))).toBe('overview:read');
  });
});
