import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { both, type AccountId, type OperationLogFilter, type RegionKey } from '@basalt/contract';
import { logger, newId, type TestPostgres } from '@basalt/service';
import type { LogReader } from '../src/log/entry-view.ts';
import { databaseOpen, type OpenDatabase } from '../src/store/database.ts';
import { operationLogPage } from '../src/store/operation-log-list.ts';
import { operationLogAdd, type ForeignEntry, type LogEntry } from '../src/store/operation-log-store.ts';
import { operationEnds } from '../src/store/schema.ts';
import { postgresOpen } from './harness.ts';

let postgres: TestPostgres;
let open: OpenDatabase;
const me = newId<AccountId>();
const other = newId<AccountId>();
const r1 = 'region-1' as RegionKey;
const r2 = 'region-2' as RegionKey;
const vm = newId();

const minute = (n: number): Date => new Date(Date.UTC(2026, 0, 1, 0, n));
const entry = (n: number, more: Partial<LogEntry | ForeignEntry>): LogEntry | ForeignEntry => ({
  operation: 'vm.start',
  at: minute(n),
  accountId: other,
  accountName: '李雷',
  via: 'console',
  address: '10.0.0.9',
  client: 'test',
  requestId: `req-${n}`,
  result: 'succeeded',
  ...more,
});

beforeAll(async () => {
  postgres = await postgresOpen();
  open = await databaseOpen(await postgres.database(), logger('test', 'silent'));
  const { db } = open;
  await operationLogAdd(
    db,
    entry(1, { operation: 'session.signIn', accountId: me, accountName: 'Han Mei' }),
    entry(2, {
      region: r1,
      regionSequence: 1,
      result: 'accepted',
      resources: [{ kind: 'vm', id: vm, name: '数据库-01_a%' }],
    }),
    entry(3, { region: r2, regionSequence: 1, result: 'accepted', operation: 'vm.stop' }),
    // told late: it happened before what stands above
    entry(0, { region: r2, regionSequence: 2, operation: 'warp.engage', result: 'failed', error: 'fromTheFuture' }),
    entry(4, { region: r1, regionSequence: 2, about: 1, result: 'failed', error: 'noHostFits' }),
    entry(5, {
      operation: 'mail.update',
      result: 'failed',
      error: 'permissionMissing',
      errorParams: { permission: both('修改邮箱设置', 'Update mail settings') },
    }),
    entry(6, {
      region: r2,
      regionSequence: 3,
      accountId: me,
      accountName: 'Han Mei',
      operation: 'vm.create',
      address: 'fd00::7',
    }),
  );
  await db.insert(operationEnds).values({
    sequence: 2,
    result: 'failed',
    error: 'noHostFits',
    errorParams: { reason: both('内存不足', 'no memory') },
    at: minute(4),
  });
}, 60_000);
afterAll(async () => {
  await open.close();
  await postgres[Symbol.asyncDispose]();
});

const system: LogReader = { accountId: me, regions: null, locale: 'en-US' };
const list = async (filter: OperationLogFilter = {}, more: { search?: string; reader?: LogReader } = {}) => {
  const page = await operationLogPage(open.db, more.reader ?? system, {
    limit: 50,
    page: 1,
    search: more.search,
    filter,
  });
  expect(page.total).toBe(page.items.length);
  return page.items.map(({ sequence }) => sequence);
};

describe('the list', () => {
  it('[AUD-01] is in the order in which things happened, newest first, with ends told where they belong', async () => {
    expect(await list()).toEqual([7, 6, 3, 2, 1, 4]);
    const { items } = await operationLogPage(open.db, system, { limit: 50, page: 1, filter: {} });
    expect(items.find(({ sequence }) => sequence === 2)).toMatchObject({
      result: 'failed',
      error: { code: 'noHostFits', text: 'No host can take it: no memory' },
      operationName: 'Start virtual machine',
      moduleName: 'Virtual machine',
    });
  });

  it('[AUD-01] names and errors are in the reader’s language; what only a newer version knows is told by its key', async () => {
    const { items } = await operationLogPage(
      open.db,
      { ...system, locale: 'zh-CN' },
      { limit: 50, page: 1, filter: {} },
    );
    expect(items.find(({ sequence }) => sequence === 6)).toMatchObject({
      operationName: '修改邮箱设置',
      moduleName: '邮箱设置',
      error: { text: '缺少权限 修改邮箱设置' },
    });
    expect(items.find(({ sequence }) => sequence === 4)).toMatchObject({
      operationName: 'warp.engage',
      moduleName: 'warp',
      error: { code: 'fromTheFuture', text: 'fromTheFuture' },
    });
  });

  it.each<[string, OperationLogFilter, number[]]>([
    ['region', { region: [r2] }, [7, 3, 4]],
    ['module', { module: ['mail', 'session'] }, [6, 1]],
    ['operation', { operation: ['vm.stop'] }, [3]],
    ['failed, also in the end', { result: ['failed'] }, [6, 2, 4]],
    ['accepted and not ended', { result: ['accepted'] }, [3]],
    ['succeeded', { result: ['succeeded'] }, [7, 1]],
    ['several results', { result: ['accepted', 'succeeded'] }, [7, 3, 1]],
    ['account', { accountId: me }, [7, 1]],
    ['resource', { resourceId: vm }, [2]],
    ['time', { from: minute(2).toISOString(), to: minute(5).toISOString() }, [6, 3, 2]],
    ['all at once', { region: [r1], module: ['vm'], result: ['failed'], accountId: other, resourceId: vm }, [2]],
    ['nothing', { module: ['nothing'] }, []],
  ])('[AUD-02] is filtered by %s', async (_, filter, expected) => {
    expect(await list(filter)).toEqual(expected);
  });

  it.each<[string, number[]]>([
    ['数据库', [2]],
    ['据', [2]],
    ['01_A%', [2]],
    ['%', [2]],
    ['\\', []],
    [vm.slice(0, 13), [2]],
    ['han mei', [7, 1]],
    ['李雷', [6, 3, 2, 4]],
    ['FD00::', [7]],
    ['req-5', [6]],
    ["'; drop table operation_log; --", []],
  ])('[AUD-02] finds %s in names, ids, operators, addresses and request ids', async (search, expected) => {
    expect(await list({}, { search })).toEqual(expected);
  });

  it('[AUD-02] pages and cursors go through all entries once, in both directions', async () => {
    for (const order of ['asc', 'desc'] as const) {
      const all = await operationLogPage(open.db, system, { limit: 50, page: 1, filter: {}, sort: { order } });
      const byPage: number[] = [];
      for (let page = 1; page <= 3; page += 1)
        byPage.push(
          ...(await operationLogPage(open.db, system, { limit: 2, page, filter: {}, sort: { order } })).items.map(
            (e) => e.sequence,
          ),
        );
      const byCursor: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await operationLogPage(open.db, system, {
          limit: 2,
          page: 1,
          cursor,
          filter: {},
          sort: { order },
        });
        expect(page.total).toBe(6);
        byCursor.push(...page.items.map((e) => e.sequence));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(byPage).toEqual(all.items.map((e) => e.sequence));
      expect(byCursor).toEqual(byPage);
    }
    await expect(
      operationLogPage(open.db, system, { limit: 2, page: 1, cursor: 'bm9wZQ', filter: {} }),
    ).rejects.toMatchObject({ code: 'invalidInput', field: 'cursor' });
  });

  it('[IAM-02] an account of regions sees theirs and its own, and its own page nothing else', async () => {
    const of = (regions: string[]): LogReader => ({ ...system, regions: new Set(regions) });
    expect(await list({}, { reader: of([r1]) })).toEqual([7, 2, 1]);
    expect(await list({}, { reader: of([r2]) })).toEqual([7, 3, 1, 4]);
    expect(await list({}, { reader: of([]) })).toEqual([7, 1]);
    expect(await list({ region: [r2] }, { reader: of([r1]) })).toEqual([7]);
    expect(await list({ accountId: other }, { reader: of([]) })).toEqual([]);
    expect(await list({}, { reader: { ...system, ownOnly: true } })).toEqual([7, 1]);
    expect(await list({ accountId: other }, { reader: { ...system, ownOnly: true } })).toEqual([]);
  });
});
