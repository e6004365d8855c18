import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Account, AccountId, RoleRef } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { sessionsPrune } from '../src/store/session-store.ts';
import { callerOf, codeAndField, type Caller } from './account-kit.ts';
import { doorOpen, PASSWORD, postgresOpen, rest, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
let admin: Caller;
let adminId: AccountId;
let n = 0;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  admin = callerOf(door, await door.signIn('admin@basalt.local'));
  adminId = (await admin.call('session', 'current')).account.id;
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});
beforeEach(() => void (n += 1));

const give = (role: string, scope: object | null = null) => ({ role: role as RoleRef, scope }) as never;
const fresh = (change: object = {}) => ({
  email: `a${n}@basalt.local`,
  name: `Account ${n}`,
  level: 'region' as const,
  regions: ['region-1'] as never,
  bindings: [give('regionReadonly')],
  password: PASSWORD,
  mustChangePassword: false,
  ...change,
});
const create = async (change: object = {}): Promise<Account> =>
  (await admin.call('account', 'create', fresh(change))).account;
const signedIn = async (email: string): Promise<Caller> => callerOf(door, await door.signIn(email));

describe('creating an account', () => {
  it('[IAM-06] answers a generated password once, which signs in and must be changed', async () => {
    const { account, password } = await admin.call('account', 'create', {
      ...fresh({ password: undefined, mustChangePassword: true, note: 'first' }),
    });
    expect(account).toMatchObject({
      email: `a${n}@basalt.local`,
      level: 'region',
      regions: ['region-1'],
      note: 'first',
      frozen: false,
      builtIn: false,
      mustChangePassword: true,
      bindings: [{ role: 'regionReadonly', scope: null }],
    });
    expect(password).toMatch(/^\S{20,30}$/u);
    const mine = callerOf(door, await door.signIn(account.email, password ?? ''));
    expect(await mine.call('session', 'current')).toMatchObject({ mustChangePassword: true, passwordReason: 'first' });
    expect(JSON.stringify(await admin.call('account', 'get', { id: account.id }))).not.toContain(password);
  });

  it('[IAM-06] takes a password that meets the policy and does not answer it', async () => {
    const { password, account } = await admin.call('account', 'create', fresh());
    expect(password).toBeNull();
    expect((await (await signedIn(account.email)).call('session', 'current')).mustChangePassword).toBe(false);
  });

  it.each([
    ['a password outside the policy', { password: 'short' }, 'passwordPolicy', 'password'],
    ['an address that is none', { email: 'nobody' }, 'invalidInput', 'email'],
    ['an address that is taken, in any case', { email: 'ADMIN@basalt.local' }, 'nameTaken', 'email'],
    ['no role', { bindings: [] }, 'invalidInput', 'bindings'],
    ['a region that does not exist', { regions: ['region-1', 'region-9'] }, 'invalidInput', 'regions.1'],
    [
      'a role of level system',
      { bindings: [give('regionReadonly'), give('systemReadonly')] },
      'invalidInput',
      'bindings.1.role',
    ],
    [
      'a role that does not exist',
      { bindings: [give('01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a')] },
      'invalidInput',
      'bindings.0.role',
    ],
    ['a role twice', { bindings: [give('regionReadonly'), give('regionReadonly')] }, 'invalidInput', 'bindings.1'],
    [
      'roles that exclude each other',
      { bindings: [give('regionAdmin'), give('vmOperator')] },
      'roleConflict',
      'bindings',
    ],
    ['a scope that names nothing', { bindings: [give('regionAdmin', {})] }, 'invalidInput', 'bindings.0.scope'],
    [
      'a narrowed role for own resources',
      { bindings: [give('vmOperator', { vms: ['01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a'] })] },
      'invalidInput',
      'bindings.0.scope',
    ],
    ['a group that does not exist', { groups: ['01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a'] }, 'invalidInput', 'groups.0'],
    [
      'a network with host bits',
      { limits: { sources: ['10.0.0.1/8'], hours: [], timeZone: 'UTC' } },
      'invalidInput',
      'limits.sources.0',
    ],
  ] as const)('[IAM-06] refuses %s, and nothing is half-saved', async (_what, change, code, field) => {
    const before = await admin.call('account', 'list');
    expect(codeAndField(await admin.refused('account', 'create', fresh(change)))).toEqual([code, field]);
    expect((await admin.call('account', 'list')).total).toBe(before.total);
  });

  it('[IAM-06] answers the same for the same request token, also the password', async () => {
    const requestToken = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a' as never;
    const wish = { ...fresh({ password: undefined }), requestToken };
    const first = await admin.call('account', 'create', wish);
    expect(await admin.call('account', 'create', wish)).toEqual(first);
  });
});

describe('the list of accounts', () => {
  it('[IAM-06] pages by number and by cursor, sorts, searches, filters and counts', async () => {
    const made: Account[] = [];
    for (const [i, change] of [
      { note: 'Oslo_50%' },
      {},
      { level: 'system', bindings: [give('systemReadonly')] },
    ].entries())
      made.push(await create({ email: `list-${i}@pages.local`, name: `Page ${i}`, ...change }));
    await admin.call('account', 'freeze', { id: made[1]?.id });
    const all = { search: 'pages.local', sort: { field: 'name' as const, order: 'desc' as const } };
    const first = await admin.call('account', 'list', { ...all, limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['Page 2', 'Page 1']);
    expect(first).toMatchObject({
      total: 3,
      facets: { state: { active: 2, frozen: 1 }, level: { system: 1, region: 2 } },
    });
    const names = async (input: object) => (await admin.call('account', 'list', input)).items.map(({ name }) => name);
    expect(await names({ ...all, limit: 2, cursor: first.nextCursor })).toEqual(['Page 0']);
    expect(await names({ ...all, limit: 2, page: 2 })).toEqual(['Page 0']);
    expect(await names({ search: 'oslo_50%' })).toEqual(['Page 0']);
    expect(await names({ search: 'oslo%50' })).toEqual([]);
    expect(await names({ ...all, filter: { state: ['frozen'] } })).toEqual(['Page 1']);
    expect(await names({ ...all, filter: { level: ['system'] } })).toEqual(['Page 2']);
    expect(await names({ ...all, filter: { role: 'systemReadonly' } })).toEqual(['Page 2']);
    expect(await names({ ...all, filter: { region: 'region-2' } })).toEqual(['Page 2']);
    const filtered = await admin.call('account', 'list', { ...all, filter: { state: ['frozen'] } } as never);
    expect(filtered.facets).toEqual({ state: { active: 2, frozen: 1 }, level: { region: 1 } });
    expect(codeAndField(await admin.refused('account', 'list', { cursor: 'nonsense' }))).toEqual([
      'invalidInput',
      'cursor',
    ]);
  });

  it.each(['name', 'email', 'createdAt', 'lastSignInAt'] as const)('[IAM-06] sorts by %s', async (field) => {
    const by = async (order: 'asc' | 'desc') =>
      (await admin.call('account', 'list', { sort: { field, order }, limit: 200 })).items;
    const [up, down] = [await by('asc'), await by('desc')];
    expect(up.length).toBe(down.length);
    const value = (one: Account | undefined) => (field === 'lastSignInAt' ? one?.lastSignIn?.at : one?.[field]) ?? '';
    const filled = up.filter((one) => value(one) !== '').map(value);
    expect(filled).toEqual(filled.toSorted());
    expect(value(up[0])).toBe(filled[0]);
    expect(value(down[0])).toBe(filled.at(-1));
  });
});

describe('one account', () => {
  it('[IAM-06] changes name, note and address', async () => {
    const { id } = await create();
    const changed = await admin.call('account', 'update', {
      id,
      name: 'New',
      note: 'n',
      email: `New${n}@basalt.local`,
    });
    expect(changed).toMatchObject({ name: 'New', note: 'n', email: `new${n}@basalt.local` });
    await signedIn(changed.email);
    expect(codeAndField(await admin.refused('account', 'update', { id, email: 'admin@basalt.local' }))).toEqual([
      'nameTaken',
      'email',
    ]);
    expect(codeAndField(await admin.refused('account', 'update', { id, name: ' x' }))).toEqual([
      'invalidInput',
      'name',
    ]);
  });

  it('[IAM-12] keeps limits in canonical form', async () => {
    const { id } = await create();
    const limits = { sources: ['2001:DB8::/32', '127.0.0.1'], hours: [], timeZone: 'UTC' };
    const changed = await admin.call('account', 'setSourceLimits', { id, limits });
    expect(changed.limits.sources[0]).toBe('2001:db8::/32');
    const bad = { ...limits, timeZone: 'Mars/Olympus' };
    expect(codeAndField(await admin.refused('account', 'setSourceLimits', { id, limits: bad }))).toEqual([
      'invalidInput',
      'limits.timeZone',
    ]);
  });

  it('[IAM-06] freezes: its sessions end at once and say why, and it cannot sign in; unfrozen it can', async () => {
    const { id, email } = await create();
    const cookie = await door.signIn(email);
    expect((await rest(door, 'GET', '/session', { cookie })).status).toBe(200);
    expect((await admin.call('account', 'freeze', { id })).frozen).toBe(true);
    expect((await rest(door, 'GET', '/session', { cookie })).body).toMatchObject({ code: 'sessionEnded' });
    expect((await rest(door, 'POST', '/session', { body: { email, password: PASSWORD } })).body).toMatchObject({
      code: 'wrongCredentials',
    });
    expect((await admin.refused('account', 'freeze', { id })).code).toBe('actionRefused');
    expect((await admin.call('account', 'unfreeze', { id })).frozen).toBe(false);
    await door.signIn(email);
    expect((await admin.refused('account', 'unfreeze', { id })).code).toBe('actionRefused');
  });

  it('[IAM-06] freezing closes a stream that is open', async () => {
    const { id, email } = await create();
    const cookie = await door.signIn(email);
    const stream = await fetch(`${door.url}/api/v1/regions/region-1/events`, {
      headers: { cookie, accept: 'text/event-stream' },
      signal: AbortSignal.timeout(20_000),
    });
    expect(stream.status).toBe(200);
    const ended = stream.text();
    await admin.call('account', 'freeze', { id });
    await expect(ended).resolves.toBeDefined();
  });

  it('[IAM-06] unfreezing lifts the lock that wrong passwords have set', async () => {
    const { id, email } = await create();
    const db = door.gateway.parts.db;
    await db.execute(
      `insert into sign_in_guard (email, failures, last_failure_at, locked_until) values ('${email}', 9, now(), now() + interval '1 hour')`,
    );
    expect((await admin.call('account', 'get', { id })).lockedUntil).not.toBeNull();
    expect((await admin.call('account', 'list', { filter: { state: ['locked'] } } as never)).items).toHaveLength(1);
    expect((await admin.call('account', 'unfreeze', { id })).lockedUntil).toBeNull();
    await door.signIn(email);
  });

  it('[IAM-06] deletes with its sessions and keys, and leaves no way back in', async () => {
    const { id, email } = await create();
    const cookie = await door.signIn(email);
    await admin.call('account', 'delete', { id });
    for (const [language, told] of [
      ['zh-CN', '账号已被删除'],
      ['en-US', 'the account has been deleted'],
    ] as const) {
      const inLanguage = `${cookie.replace(/; basalt_locale=[\w-]+/u, '')}; basalt_locale=${language}`;
      const refusal = await rest(door, 'GET', '/session', { cookie: inLanguage });
      expect([refusal.status, refusal.body['code'], refusal.body['message']]).toEqual([
        401,
        'sessionEnded',
        expect.stringContaining(told),
      ]);
    }
    // a session that was over long ago is forgotten; one that is open is not
    const { db } = door.gateway.parts;
    await sessionsPrune(db, new Date(Date.now() - 60_000));
    expect((await rest(door, 'GET', '/session', { cookie })).body).toMatchObject({ code: 'sessionEnded' });
    await sessionsPrune(db, new Date(Date.now() + 1_000));
    expect((await rest(door, 'GET', '/session', { cookie })).body).toMatchObject({ code: 'notSignedIn' });
    await admin.call('session', 'current');
    for (const verb of [
      'get',
      'effective',
      'sessions',
      'freeze',
      'unfreeze',
      'delete',
      'resetPassword',
      'resetTotp',
    ] as const)
      expect((await admin.refused('account', verb, { id })).code, verb).toBe('notFound');
    const left = await door.gateway.parts.db.execute(`select 1 from role_binding where account_id = '${id}'`);
    expect(left.rows).toEqual([]);
  });

  it('[IAM-02] grants regions, which hold from the next request', async () => {
    const { id, email } = await create({ regions: ['region-1'] });
    const mine = await signedIn(email);
    expect((await mine.call('session', 'current')).regions).toEqual(['region-1']);
    await admin.call('account', 'grantRegions', { id, regions: ['region-2', 'region-1', 'region-2'] as never });
    expect((await mine.call('session', 'current')).regions).toEqual(['region-1', 'region-2']);
    expect(codeAndField(await admin.refused('account', 'grantRegions', { id, regions: ['mars'] }))).toEqual([
      'invalidInput',
      'regions.0',
    ]);
    expect(codeAndField(await admin.refused('account', 'grantRegions', { id: adminId, regions: [] }))).toEqual([
      'invalidInput',
      'regions',
    ]);
  });

  it('[IAM-05] binds roles, which hold from the next request, and changes the level with them', async () => {
    const { id, email } = await create();
    const mine = await signedIn(email);
    expect((await mine.refused('account', 'list')).code).toBe('permissionMissing');
    const system = { id, level: 'system' as const, bindings: [give('systemReadonly')] };
    expect(await admin.call('account', 'bindRoles', system)).toMatchObject({ level: 'system', regions: [] });
    expect((await mine.call('account', 'list')).total).toBeGreaterThan(0);
    const region = { id, level: 'region', bindings: [give('regionAdmin'), give('systemReadonly')] };
    expect(codeAndField(await admin.refused('account', 'bindRoles', region))).toEqual([
      'invalidInput',
      'bindings.1.role',
    ]);
    const both = { id, bindings: [give('systemAdmin'), give('vmOperator')] };
    expect(codeAndField(await admin.refused('account', 'bindRoles', both))).toEqual(['roleConflict', 'bindings']);
    await admin.call('account', 'bindRoles', { id, bindings: [] });
    expect((await mine.refused('account', 'list')).code).toBe('permissionMissing');
  });

  it('[IAM-05] tells what an account may do', async () => {
    const { id } = await create({ bindings: [give('vmOperator')] });
    const found = await admin.call('account', 'effective', { id });
    expect(found.own).toContain('vm:start');
    expect(found.permissions).toContain('image:read');
    expect(found.regions).toEqual(['region-1']);
    expect((await admin.call('account', 'effective', { id: adminId })).regions).toBeNull();
  });

  it('[IAM-10] shows sessions and ends one, which is told why', async () => {
    const { id, email } = await create();
    const [cookie, other] = [await door.signIn(email), await door.signIn(email)];
    const { items } = await admin.call('account', 'sessions', { id });
    expect(items).toHaveLength(2);
    expect(items.map(({ current }) => current)).toEqual([false, false]);
    await admin.call('account', 'endSession', { id, sessionId: items[1]?.id });
    expect((await rest(door, 'GET', '/session', { cookie })).body).toMatchObject({ code: 'sessionEnded' });
    expect((await rest(door, 'GET', '/session', { cookie: other })).status).toBe(200);
    expect(codeAndField(await admin.refused('account', 'endSession', { id, sessionId: items[1]?.id }))).toEqual([
      'notFound',
      'sessionId',
    ]);
    expect(
      codeAndField(await admin.refused('account', 'endSession', { id: adminId, sessionId: items[0]?.id })),
    ).toEqual(['notFound', 'sessionId']);
    expect((await admin.call('account', 'sessions', { id: adminId })).items.some(({ current }) => current)).toBe(true);
  });

  it('[IAM-06] resets the password: sessions end, the new one must be changed', async () => {
    const { id, email } = await create();
    const cookie = await door.signIn(email);
    const { password } = await admin.call('account', 'resetPassword', { id });
    expect((await rest(door, 'GET', '/session', { cookie })).body).toMatchObject({ code: 'sessionEnded' });
    const mine = callerOf(door, await door.signIn(email, password ?? ''));
    expect((await mine.call('session', 'current')).mustChangePassword).toBe(true);
    expect(await admin.call('account', 'resetPassword', { id, password: PASSWORD })).toEqual({ password: null });
    expect(codeAndField(await admin.refused('account', 'resetPassword', { id, password: 'x' }))).toEqual([
      'passwordPolicy',
      'password',
    ]);
    expect((await admin.refused('account', 'resetPassword', { id: adminId })).code).toBe('actionRefused');
  });

  it('[IAM-13] resets the second factor, and only one that is there', async () => {
    const { id } = await create();
    expect((await admin.refused('account', 'resetTotp', { id })).code).toBe('actionRefused');
    const { db, seal } = door.gateway.parts;
    await db.execute(`update account set totp_secret = '${seal.seal('x')}', totp_since = now() where id = '${id}'`);
    expect((await admin.call('account', 'get', { id })).totp).toBe(true);
    expect((await admin.call('account', 'resetTotp', { id })).totp).toBe(false);
    expect((await admin.refused('account', 'resetTotp', { id: adminId })).code).toBe('actionRefused');
  });

  it('[AUD-01] is told in the log by the change, with old and new values and no secret', async () => {
    const { id } = await create();
    await admin.call('account', 'update', { id, name: 'Told' });
    await admin.call('account', 'bindRoles', { id, bindings: [give('regionAdmin')] });
    const { rows } = await door.gateway.parts.db.execute<{ operation: string; detail: unknown; resources: unknown }>(
      `select operation, detail, resources from operation_log order by sequence desc limit 2`,
    );
    expect(rows).toMatchObject([
      {
        operation: 'account.bindRoles',
        detail: { roles: { from: [{ role: 'regionReadonly' }], to: [{ role: 'regionAdmin' }] } },
      },
      {
        operation: 'account.update',
        detail: { name: { from: `Account ${n}`, to: 'Told' } },
        resources: [{ kind: 'account', id }],
      },
    ]);
    const log = await door.gateway.parts.db.execute(`select detail::text from operation_log`);
    expect(JSON.stringify(log.rows)).not.toContain(PASSWORD);
  });
});
