import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId, RoleRef } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { callerOf, type Caller } from './account-kit.ts';
import { doorOpen, PASSWORD, postgresOpen, rest, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
let cookie: string;
let admin: Caller;
const ids: Record<string, AccountId> = {};
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  cookie = await door.signIn('admin@basalt.local');
  admin = callerOf(door, cookie);
  const { id } = await admin.call('role', 'create', {
    name: 'looks at accounts',
    level: 'system',
    permissions: ['account:read', 'vm:read'],
  });
  const wishes: Record<string, [string, 'system' | 'region']> = {
    operator: ['vmOperator', 'region'],
    regional: ['regionAdmin', 'region'],
    looker: [id, 'system'],
  };
  for (const [name, [role, level]] of Object.entries(wishes)) {
    const regions = level === 'region' ? ['region-1'] : [];
    const bindings = [{ role: role as RoleRef }];
    const wish = { email: `${name}@basalt.local`, name, level, regions, bindings, password: PASSWORD };
    const { account } = await admin.call('account', 'create', { ...wish, mustChangePassword: name === 'operator' });
    ids[name] = account.id;
  }
  ids['admin'] = (await admin.call('session', 'current')).account.id;
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const seeing = (as: string, by = cookie): Caller => callerOf(door, by, { 'x-basalt-see-as': as });
const idOf = (name: string): AccountId => ids[name] as AccountId;

describe('seeing as another account', () => {
  it('[IAM-04] shows what it may, and that it is only looked at', async () => {
    const operator = seeing(idOf('operator'));
    const session = await operator.call('session', 'current');
    expect(session).toMatchObject({
      account: { id: idOf('operator'), level: 'region' },
      seeAs: { id: idOf('operator'), name: 'operator', email: 'operator@basalt.local' },
      regions: ['region-1'],
      mustChangePassword: false,
    });
    expect(session.ownPermissions).toContain('vm:start');
    expect((await operator.call('region', 'list')).items.map(({ key }) => key)).toEqual(['region-1']);
    expect((await operator.refused('account', 'list')).code).toBe('permissionMissing');
    expect((await operator.refused('vm', 'list', { region: 'region-2' })).code).toBe('notFound');
    expect((await admin.call('session', 'current')).seeAs).toBeNull();
  });

  it('[IAM-19] is told to the region as the other account, and not kept for the own one', async () => {
    await seeing(idOf('operator')).call('vm', 'list', { region: 'region-1' });
    const seen = door.region.calls.at(-1)?.actor;
    expect(seen).toMatchObject({ sub: idOf('operator') });
    expect(seen?.permissions).not.toContain('vm:read');
    await admin.call('vm', 'list', { region: 'region-1' });
    expect(door.region.calls.at(-1)?.actor).toMatchObject({ sub: idOf('admin'), permissions: '*' });
  });

  it('[IAM-04] changes nothing, at the gateway or in a region, and the log names who tried', async () => {
    const operator = seeing(idOf('operator'));
    const before = door.region.calls.length;
    const vm = { region: 'region-1', id: '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a' };
    const refusals = [
      await operator.refused('vm', 'start', vm),
      await operator.refused('account', 'freeze', { id: idOf('operator') }),
      await operator.refused('session', 'setPreferences', { theme: 'dark' }),
      await operator.refused('session', 'signOut'),
    ];
    expect(refusals.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'seeAsReadOnly'));
    expect(door.region.calls.length).toBe(before);
    const answer = await rest(door, 'DELETE', `/accounts/${idOf('operator')}`, {
      cookie,
      headers: { 'x-basalt-see-as': idOf('operator') },
    });
    expect(answer.body).toMatchObject({ code: 'seeAsReadOnly' });
    const { rows } = await door.gateway.parts.db.execute(
      `select account_id, error from operation_log where operation = 'account.freeze' order by sequence desc limit 1`,
    );
    expect(rows).toEqual([{ account_id: idOf('admin'), error: 'seeAsReadOnly' }]);
  });

  it('[IAM-04] is refused for an account that may more, that is not there, or by who may not read accounts', async () => {
    const looker = await door.signIn('looker@basalt.local');
    const regional = await door.signIn('regional@basalt.local');
    expect((await seeing(idOf('operator'), looker).refused('session', 'current')).code).toBe('permissionMissing');
    expect((await seeing(idOf('admin'), looker).refused('session', 'current')).code).toBe('permissionMissing');
    expect((await seeing(idOf('looker'), looker).call('session', 'current')).seeAs?.name).toBe('looker');
    expect((await seeing(idOf('operator'), regional).refused('vm', 'list', { region: 'region-1' })).code).toBe(
      'permissionMissing',
    );
    for (const nobody of ['01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a', 'nobody'])
      expect((await seeing(nobody).refused('session', 'current')).code).toBe('notFound');
    expect(
      (await rest(door, 'GET', '/session', { headers: { 'x-basalt-see-as': idOf('operator') } })).body,
    ).toMatchObject({ code: 'notSignedIn' });
  });
});

describe('the event stream', () => {
  /** What opening a stream is answered; `ended` resolves when it is over. */
  async function watch(region: string, query: string, by = cookie, headers = {}) {
    const stop = new AbortController();
    const answer = await fetch(`${door.url}/api/v1/regions/${region}/events${query}`, {
      headers: { accept: 'text/event-stream', cookie: by, origin: door.url, ...headers },
      signal: stop.signal,
    });
    const isStream = answer.headers.get('content-type')?.includes('event-stream') ?? false;
    const refusal = isStream ? null : ((await answer.json()) as { code: string }).code;
    const ended = (async () => {
      if (!isStream) return;
      const reader = answer.body?.getReader();
      for (let done = false; !done;) done = (await reader?.read())?.done ?? true;
    })().catch(() => undefined);
    return { refusal, ended, stop };
  }

  it('[IAM-04] is the other account’s, as its address or a header says', async () => {
    const asked = [
      await watch('region-1', `?seeAs=${idOf('operator')}`),
      await watch('region-1', '', cookie, { 'x-basalt-see-as': idOf('operator') }),
      await watch('region-1', ''),
    ];
    expect(asked.map(({ refusal }) => refusal)).toEqual([null, null, null]);
    const [byAddress, byHeader, own] = door.region.watchers.slice(-3);
    for (const actor of [byAddress, byHeader]) {
      expect(actor).toMatchObject({ sub: idOf('operator'), email: 'operator@basalt.local' });
      expect(actor?.permissions).not.toContain('vm:read');
      expect(actor?.own).toContain('vm:read');
    }
    expect(own).toMatchObject({ sub: idOf('admin'), permissions: '*' });
    for (const { stop } of asked) stop.abort();
  });

  it('[IAM-04] is refused as a query is', async () => {
    const looker = await door.signIn('looker@basalt.local');
    const regional = await door.signIn('regional@basalt.local');
    const refused = async (region: string, as: string, by?: string): Promise<unknown> =>
      (await watch(region, `?seeAs=${as}`, by)).refusal;
    expect(await refused('region-1', idOf('operator'), looker)).toBe('permissionMissing');
    expect(await refused('region-1', idOf('admin'), looker)).toBe('permissionMissing');
    expect(await refused('region-1', idOf('operator'), regional)).toBe('permissionMissing');
    expect(await refused('region-2', idOf('operator'))).toBe('notFound');
    for (const nobody of ['01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a', 'nobody', ''])
      expect(await refused('region-1', nobody)).toBe('notFound');
  });

  it('[IAM-04] ends when the own session does, and when the other account changes', async () => {
    const session = await door.signIn('admin@basalt.local');
    const first = await watch('region-1', `?seeAs=${idOf('operator')}`, session);
    const second = await watch('region-1', `?seeAs=${idOf('regional')}`);
    await rest(door, 'DELETE', '/session', { cookie: session });
    await first.ended;
    await admin.call('account', 'update', { id: idOf('regional'), note: 'changed' });
    await second.ended;
  });
});
