/** Walks all procedures of all doors for callers of every kind, and compares what they are told with the registry. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  permissionTable,
  personOnly,
  rolePermissions,
  type AccountId,
  type BuiltInRole,
  type Permission,
  type Procedure,
  type RoleRef,
} from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { restRoutes } from '../src/http/rest-door.ts';
import { effectiveOf } from '../src/identity/effective.ts';
import { callerOf } from './account-kit.ts';
import { code, doorOpen, PASSWORD, postgresOpen, rest, type Door } from './harness.ts';
import { keyCreate } from './signed.ts';
import { exceptions, platformWide } from './walk-exceptions.ts';
import { all, walk, ways, type Sender, type Told, type Way } from './walk-kit.ts';

// a walk is some hundred requests, on machines that do other things meanwhile
vi.setConfig({ testTimeout: 120_000 });

let postgres: TestPostgres;
let door: Door;
/** With separation of duties. */
let separated: Door;
const ids = new Map<string, AccountId>();
const settings = { lockout: { enabled: false, attempts: 10, minutes: 15 } };
const email = (name: string): string => `${name.toLowerCase()}@basalt.local`;
const NARROWED: readonly Permission[] = ['vm:read', 'vm:start', 'account:read', 'region:read'];

interface Wish {
  readonly name: string;
  readonly role: BuiltInRole;
  readonly level?: 'system' | 'region';
  readonly regions?: readonly string[];
}
const wishes: readonly Wish[] = [
  { name: 'reader', role: 'systemReadonly' },
  { name: 'elsewhere', role: 'regionAdmin', level: 'region', regions: ['region-2'] },
  { name: 'nowhere', role: 'regionAdmin', level: 'region', regions: [] },
  { name: 'local-reader', role: 'regionReadonly', level: 'region', regions: ['region-1'] },
  { name: 'operator', role: 'vmOperator', level: 'region', regions: ['region-1'] },
  { name: 'narrow', role: 'regionAdmin', level: 'region', regions: ['region-1'] },
  { name: 'frozen', role: 'systemAdmin' },
  { name: 'expired', role: 'systemAdmin' },
  { name: 'key', role: 'systemAdmin' },
];

beforeAll(async () => {
  postgres = await postgresOpen();
  [door, separated] = await Promise.all([doorOpen(postgres, { settings }), doorOpen(postgres, { settings })]);
  await door.accountAdd(email('root'), 'systemAdmin');
  await door.accountAdd(email('must-change'), 'systemAdmin', { mustChange: true });
  const root = callerOf(door, await door.signIn(email('root')));
  for (const { name, role, level = 'system', regions = [] } of wishes) {
    const scope = name === 'narrow' ? { hosts: ['01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a'] } : null;
    const bindings = [{ role: role as RoleRef, scope }];
    const wish = { email: email(name), name, level, regions: [...regions], bindings, password: PASSWORD };
    ids.set(name, (await root.call('account', 'create', { ...wish, mustChangePassword: false })).account.id);
  }
  const { db } = door.gateway.parts;
  await db.execute(
    `update account set password_changed_at = now() - interval '91 days' where email = '${email('expired')}'`,
  );

  for (const role of ['systemAdmin', 'dutySystemAdmin', 'dutySecurityAdmin', 'dutyAuditAdmin'] as const)
    await separated.accountAdd(email(role), role);
}, 120_000);
afterAll(async () => {
  await Promise.all([door.close(), separated.close()]);
  await postgres[Symbol.asyncDispose]();
});

/** Exceptions that the walks have met; one that none of them meets is out of date. */
const met = new Set<string>();
const OPEN = 'open';

/** Walks, and takes what an exception allows as an open door. */
async function found(at: Door, way: Way, by: Sender): Promise<Record<string, Told>> {
  const answers = await walk(at, way, by);
  return Object.fromEntries(
    [...answers].map(([name, said]) => {
      if (said === 'ok') return [name, OPEN];
      if (!exceptions[name]?.codes.includes(said)) return [name, said];
      met.add(name);
      return [name, OPEN];
    }),
  );
}

type Decide = (procedure: Procedure, name: string) => Told;
const expected = (decide: Decide): Record<string, Told> =>
  Object.fromEntries(all.map(([name, procedure]) => [name, decide(procedure, name)]));

/** What the registry says for who has these permissions in these regions; null: in all. */
const byRights =
  (may: ReadonlySet<Permission>, regions: readonly string[] | null = null): Decide =>
  ({ access, door: where }, name) => {
    if (access !== 'public' && access !== 'session' && !may.has(access)) return 'permissionMissing';
    if (regions && name in platformWide) return 'permissionMissing';
    return where === 'region' && regions && !regions.includes('region-1') ? 'notFound' : OPEN;
  };
const publicOnly =
  (otherwise: Told, more: (name: string) => boolean = () => false): Decide =>
  ({ access }, name) =>
    access === 'public' || more(name) ? OPEN : otherwise;
const ofRole = (role: BuiltInRole): ReadonlySet<Permission> => new Set(rolePermissions(role));

describe.each(Object.entries(ways))('by %s', (_, way) => {
  const by = async (name: string, at = door): Promise<Sender> => ({ cookie: await at.signIn(email(name)) });
  /** Sees to it that nothing reached a region meanwhile. */
  const without = async (run: () => Promise<void>): Promise<void> => {
    const before = door.region.calls.length;
    await run();
    expect(door.region.calls.length).toBe(before);
  };

  it('[IAM-05] without a session only what is public answers', () =>
    without(async () => {
      expect(await found(door, way, {})).toEqual(expected(publicOnly('notSignedIn')));
      expect(await found(door, way, { cookie: 'basalt_session=nobodys' })).toEqual(expected(publicOnly('notSignedIn')));
    }));

  it('[IAM-06] of a frozen account nothing answers, and it is told why', () =>
    without(async () => {
      const root = callerOf(door, (await by('root')).cookie ?? '');
      const sender = await by('frozen');
      const id = ids.get('frozen');
      await root.call('account', 'freeze', { id });
      const whileFrozen = await found(door, way, sender);
      await root.call('account', 'unfreeze', { id });
      expect(whileFrozen).toEqual(expected(publicOnly('sessionEnded')));
      expect(await found(door, way, sender)).toEqual(expected(publicOnly('sessionEnded')));
    }));

  it('[IAM-15] of a frozen account’s key nothing answers', () =>
    without(async () => {
      const root = callerOf(door, (await by('root')).cookie ?? '');
      const key = await keyCreate(door, (await by('frozen')).cookie ?? '');
      const id = ids.get('frozen');
      await root.call('account', 'freeze', { id });
      const answers = new Set((await walk(door, way, { key })).values());
      await root.call('account', 'unfreeze', { id });
      expect([...answers]).toEqual(['signatureInvalid']);
    }));

  it.each(['must-change', 'expired'])(
    '[IAM-08] of %s only the session answers before the password is changed',
    (name) =>
      without(async () => {
        const decide = publicOnly('passwordChangeRequired', (procedure) => procedure.startsWith('session.'));
        expect(await found(door, way, await by(name))).toEqual(expected(decide));
      }),
  );

  it.each(['elsewhere', 'nowhere'])('[IAM-02] a region that is not granted does not exist for %s', (name) =>
    without(async () => {
      expect(await found(door, way, await by(name))).toEqual(expected(byRights(ofRole('regionAdmin'), [])));
    }),
  );

  it.each([
    ['reader', 'systemReadonly', null],
    ['local-reader', 'regionReadonly', ['region-1']],
  ] as const)('[IAM-03] %s is refused what its role does not have', async (name, role, regions) => {
    const decide = byRights(ofRole(role), regions);
    expect(await found(door, way, await by(name))).toEqual(expected(decide));
  });

  it('[IAM-19] the region hears of a VM operator’s permissions that they hold for his own only', async () => {
    const before = door.region.calls.length;
    expect(await found(door, way, await by('operator'))).toEqual(
      expected(byRights(ofRole('vmOperator'), ['region-1'])),
    );
    const calls = door.region.calls.slice(before);
    const bindings = [{ role: 'vmOperator', scope: null, permissions: null, dataScope: null }];
    const { own, permissions } = effectiveOf('region', bindings);
    expect(calls.length).toBeGreaterThan(20);
    for (const { actor } of calls) {
      expect(actor.sub).toBe(ids.get('operator'));
      expect(new Set(actor.own)).toEqual(own);
      expect(new Set(actor.permissions)).toEqual(permissions);
    }
    const names = new Set(calls.map(({ name }) => name));
    for (const [name, { access, door: where }] of all)
      if (where === 'region' && access in permissionTable && own.has(access as Permission))
        expect(names).toContain(name);
  });

  it('[IAM-22] the region hears of a narrowed role’s permissions for which resources they hold', async () => {
    const before = door.region.calls.length;
    const scope = { clusters: [], hosts: ['01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a'], vms: [] };
    const { may, permissions } = effectiveOf('region', [
      { role: 'regionAdmin', scope: scope as never, permissions: null, dataScope: null },
    ]);
    expect(await found(door, way, await by('narrow'))).toEqual(expected(byRights(may, ['region-1'])));
    for (const { actor } of door.region.calls.slice(before)) {
      expect(new Set(actor.permissions)).toEqual(permissions);
      expect(actor.scoped.map((part) => part.scope)).toEqual([scope]);
    }
  });

  it('[IAM-15] a narrowed key may what it was narrowed to, and nothing that asks for a person', async () => {
    const { cookie = '' } = await by('key');
    const key = await keyCreate(door, cookie, { permissions: NARROWED });
    const rights = byRights(new Set(NARROWED));
    const decide: Decide = (procedure, name) =>
      procedure.access !== 'public' && personOnly.has(name) ? 'personRequired' : rights(procedure, name);
    expect(await found(door, way, { key })).toEqual(expected(decide));
  });

  it('[IAM-04] seeing as another account shows what that one may, and changes nothing', async () => {
    const sender = { ...(await by('root')), headers: { 'x-basalt-see-as': ids.get('operator') ?? '' } };
    const rights = byRights(ofRole('vmOperator'), ['region-1']);
    const before = door.region.calls.length;
    const decide: Decide = (procedure, name) =>
      procedure.kind === 'mutation' && procedure.access !== 'public' ? 'seeAsReadOnly' : rights(procedure, name);
    expect(await found(door, way, sender)).toEqual(expected(decide));
    for (const { actor } of door.region.calls.slice(before)) expect(actor.sub).toBe(ids.get('operator'));
  });

  it.each([
    ['systemAdmin', 'dutySystemAdmin'],
    ['dutySystemAdmin', 'dutySystemAdmin'],
    ['dutyAuditAdmin', 'dutyAuditAdmin'],
    ['dutySecurityAdmin', 'dutySecurityAdmin'],
  ] as const)('[IAM-18] while duties are separated %s may what %s may', async (name, role) => {
    const security = callerOf(separated, (await by('dutySecurityAdmin', separated)).cookie ?? '');
    // the walk of the one who may has turned it off
    await security.call('loginPolicy', 'setDutySeparation', { enabled: true });
    expect(await found(separated, way, await by(name, separated))).toEqual(expected(byRights(ofRole(role))));
  });
});

describe('the walk itself', () => {
  it('[IAM-05] has exceptions that exist, are met, and hide no refusal of access', () => {
    const names = all.map(([name]) => name);
    const refusals = ['notSignedIn', 'sessionEnded', 'permissionMissing', 'passwordChangeRequired', 'seeAsReadOnly'];
    for (const [name, { codes }] of Object.entries(exceptions)) {
      expect(names).toContain(name);
      const isPublic = all.some(([known, { access }]) => known === name && access === 'public');
      if (!isPublic) expect(refusals.filter((refusal) => codes.includes(refusal))).toEqual([]);
    }
    expect(names).toEqual(expect.arrayContaining(Object.keys(platformWide)));
    expect([...met].toSorted()).toEqual(Object.keys(exceptions).toSorted());
  });

  it('[IAM-05] meets every procedure under a REST path of its own', () => {
    const paths = restRoutes.map(
      ({ procedure }) => `${procedure.rest.method} ${procedure.rest.path.replaceAll(/\{\w+\}/gu, '{}')}`,
    );
    expect(new Set(paths).size).toBe(all.length);
  });

  it('[IAM-04] finds every query under GET, which seeing as another account relies upon', () => {
    for (const [name, { kind, rest: to }] of all) expect([name, to.method === 'GET']).toEqual([name, kind === 'query']);
  });
});

it('[IAM-05] the doors beside the procedures refuse alike', async () => {
  const upload = '/regions/region-1/images/01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a/content?offset=0';
  const put = (cookie?: string, headers = {}) =>
    rest(door, 'PUT', upload, {
      ...(cookie ? { cookie } : {}),
      headers: { 'content-type': 'application/octet-stream', ...headers },
      body: 'x',
    });
  const live = (cookie?: string) =>
    rest(door, 'GET', '/regions/region-1/events', {
      ...(cookie ? { cookie } : {}),
      headers: { accept: 'text/event-stream' },
    });
  const [mustChange, expired, reader, elsewhere, root] = await Promise.all(
    ['must-change', 'expired', 'reader', 'elsewhere', 'root'].map((name) => door.signIn(email(name))),
  );
  expect([code(await put()), code(await live())]).toEqual(['notSignedIn', 'notSignedIn']);
  for (const cookie of [mustChange, expired])
    expect([code(await put(cookie)), code(await live(cookie))]).toEqual([
      'passwordChangeRequired',
      'passwordChangeRequired',
    ]);
  expect(code(await put(reader))).toBe('permissionMissing');
  expect([code(await put(elsewhere)), code(await live(elsewhere))]).toEqual(['notFound', 'notFound']);
  expect(code(await put(root, { 'x-basalt-see-as': ids.get('operator') ?? '' }))).toBe('seeAsReadOnly');
});
