import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import readXlsxFile from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { both } from '@basalt/contract';
import { newId, type TestPostgres } from '@basalt/service';
import { workbookStream, type Cell } from '../src/log/workbook.ts';
import { operationLogAdd } from '../src/store/operation-log-store.ts';
import { code, doorOpen, postgresOpen, rest, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
let cookie: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  await door.accountAdd('second@basalt.local', 'systemAdmin');
  await door.accountAdd('region@basalt.local', 'regionAdmin', { regions: ['region-1'] });
  await door.accountAdd('reader@basalt.local', 'systemReadonly');
  cookie = await door.signIn('admin@basalt.local');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'];

interface Order {
  readonly as?: string;
  readonly language?: string;
  readonly body?: object;
}
const order = async ({ as = cookie, language = 'zh-CN', body = {} }: Order = {}): Promise<{
  path: string;
  rows: number;
}> => {
  const answer = await rest(door, 'POST', '/operation-log/actions/export', {
    cookie: as.replace(/basalt_locale=[\w-]+/u, `basalt_locale=${language}`),
    body,
  });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return { path: String(answer.body['path']), rows: Number(answer.body['rows']) };
};
const fetchFile = (path: string, as = cookie): Promise<Response> =>
  fetch(`${door.url}${path}`, { headers: { cookie: as }, signal: AbortSignal.timeout(20_000) });
const sheetOf = async (answer: Response): Promise<unknown[][]> => {
  const sheets = await readXlsxFile(Buffer.from(await answer.arrayBuffer()), { trim: false });
  return sheets[0]?.data ?? [];
};
const errorCode = async (answer: Response): Promise<unknown> =>
  code({ body: (await answer.json()) as Record<string, unknown> });

describe('an export', () => {
  it('[AUD-02] is a workbook with what was selected, in the reader’s language and time zone', async () => {
    const { db } = door.gateway.parts;
    await operationLogAdd(
      db,
      ...formulas.map((name, i) => ({
        operation: 'vm.start' as const,
        at: new Date(Date.UTC(2026, 5, 1, 20, 30, i)),
        region: 'region-1',
        resources: [{ kind: 'vm', id: newId(), name }],
        accountName: '<李雷 & "Co">',
        via: 'api' as const,
        address: '10.0.0.1',
        client: 'x\u0001y_x000A_z',
        requestId: newId(),
        result: 'failed' as const,
        error: 'noHostFits',
        errorParams: { reason: both('内存不足', 'no memory') },
        detail: { cpu: { from: 1, to: 2 } },
      })),
    );
    const body = { filter: { module: ['vm'] }, timeZone: 'Asia/Shanghai' };
    const { path, rows } = await order({ body });
    expect(rows).toBe(7);
    const answer = await fetchFile(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('spreadsheetml');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="operation-log-[\d-]+\.xlsx"; filename\*=UTF-8''%E6/u,
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const [head, first, ...others] = await sheetOf(answer);
    expect(head?.slice(0, 5)).toEqual(['时间', '地域', '所属模块', '操作', '资源名称']);
    expect(others).toHaveLength(6);
    // the clocks of Shanghai; a spreadsheet's moments have no zone
    expect(first?.[0]).toEqual(new Date(Date.UTC(2026, 5, 2, 4, 30, 6)));
    expect(first).toContain('<李雷 & "Co">');
    expect(first).toContain('没有可用节点：内存不足');
    expect(first).toContain('{"cpu":{"from":1,"to":2}}');
    const english = await sheetOf(await fetchFile((await order({ body, language: 'en-US' })).path));
    expect(english[0]?.slice(0, 3)).toEqual(['Time', 'Region', 'Module']);
    expect(english[1]).toContain('No host can take it: no memory');
  });

  it('[AUD-02] holds no formula, whatever begins like one', async () => {
    const { path } = await order({ body: { filter: { module: ['vm'] } } });
    const file = join(door.directory, 'log.xlsx');
    writeFileSync(file, Buffer.from(await (await fetchFile(path)).arrayBuffer()));
    execFileSync('python3', ['-c', 'import sys, zipfile; assert zipfile.ZipFile(sys.argv[1]).testzip() is None', file]);
    const sheet = execFileSync('python3', [
      '-c',
      'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("xl/worksheets/sheet1.xml"))',
      file,
    ]).toString();
    expect(sheet).not.toContain('<f>');
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '_x000D_=1', '\n=1'])
      expect(sheet).toContain(`t="inlineStr" s="3"><is><t xml:space="preserve">${text}</t>`);
    expect(sheet).toContain('x_x0001_y_x005F_x000A_z');
  });

  it('[AUD-02] works once, for a minute, for who ordered it', async () => {
    const { path } = await order();
    const second = await door.signIn('second@basalt.local');
    expect(await errorCode(await fetchFile(path, second))).toBe('linkInvalid');
    expect(await errorCode(await fetchFile(path, ''))).toBe('notSignedIn');
    const again = await door.signIn('admin@basalt.local');
    const reader = await door.signIn('reader@basalt.local');
    expect(await errorCode(await fetchFile(path, reader))).toBe('permissionMissing');
    const answer = await fetchFile((await order()).path);
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    const { path: once } = await order();
    await (await fetchFile(once)).arrayBuffer();
    expect(await errorCode(await fetchFile(once))).toBe('linkInvalid');
    const { path: late } = await order();
    await door.gateway.parts.db.execute(`update log_export set expires_at = now() - interval '1 second'`);
    expect(await errorCode(await fetchFile(late))).toBe('linkInvalid');
    expect(await errorCode(await fetchFile(`${path.slice(0, -3)}AAA`))).toBe('linkInvalid');
    const { path: ofSession } = await order({ as: again });
    expect(await errorCode(await fetchFile(ofSession, cookie))).toBe('linkInvalid');
  });

  it('[AUD-02] tells no more than a list would, and the log tells of it', async () => {
    const regional = await door.signIn('region@basalt.local');
    await operationLogAdd(door.gateway.parts.db, {
      operation: 'vm.stop',
      region: 'region-2',
      accountName: 'x',
      via: 'console',
      address: '',
      client: '',
      requestId: '',
      result: 'succeeded',
    });
    const { path, rows } = await order({ as: regional });
    const sheet = await sheetOf(await fetchFile(path, regional));
    expect(sheet.length).toBeGreaterThanOrEqual(rows + 1);
    expect(new Set(sheet.slice(1).map((row) => row[1]))).toEqual(new Set(['region-1', null]));
    expect(
      code(await rest(door, 'POST', '/operation-log/actions/export', { cookie, body: { timeZone: 'Mars/Olympus' } })),
    ).toBe('invalidInput');
    const { rows: entries } = await door.gateway.parts.db.execute(
      `select detail from operation_log where operation = 'operationLog.export' and result = 'succeeded' and detail->'filter' ? 'module' limit 1`,
    );
    expect(entries).toMatchObject([{ detail: { rows: 7, filter: { module: ['vm'] } } }]);
  });

  it('[AUD-02] of the same account wait for each other, and each comes in the end', async () => {
    const paths = [];
    for (let i = 0; i < 4; i += 1) paths.push((await order({ body: { filter: { module: ['vm'] } } })).path);
    const answers = await Promise.all(paths.map((path) => fetchFile(path)));
    for (const answer of answers) expect([answer.status, (await sheetOf(answer)).length > 1]).toEqual([200, true]);
  });

  it('[AUD-02] beyond those that may wait are refused, and can be fetched later', async () => {
    const { db } = door.gateway.parts;
    await db.execute('delete from log_export');
    const paths = [];
    for (let i = 0; i < 14; i += 1) paths.push((await order({ body: { filter: { module: ['vm'] } } })).path);
    const held = await db.$client.connect();
    try {
      // nobody's export ends while the table is locked
      await held.query('begin; lock table operation_log in access exclusive mode');
      const asked = paths.map((path) => fetchFile(path));
      const refused = [];
      await expect
        .poll(async () => (await db.execute('select count(*)::int as left from log_export')).rows[0]?.['left'])
        .toBe(5);
      await held.query('rollback');
      for (const answer of await Promise.all(asked)) {
        if (answer.status !== 200) refused.push(await errorCode(answer));
        else await answer.arrayBuffer();
      }
      expect(refused).toEqual(Array.from({ length: 5 }, () => 'tooManyRequests'));
    } finally {
      held.release(true);
    }
    const answers = [];
    for (const path of paths) answers.push((await fetchFile(path)).status);
    expect(answers.filter((status) => status === 200)).toHaveLength(5);
  });

  it('[RPT-03] whoever goes away in the middle leaves no connection of the database behind', async () => {
    const { db } = door.gateway.parts;
    await db.execute(`insert into operation_log (sequence, at, recorded_at, operation, module, resources, account_name, via, address, client, request_id, result, detail, hash)
      select 1000000 + n, now(), now(), 'vm.start', 'vm', '[]', 'bulk', 'console', '', repeat(md5(n::text), 20), n::text, 'succeeded', '{}', '' from generate_series(1, 20000) n`);
    for (let i = 0; i < 4; i += 1) {
      const leave = new AbortController();
      const answer = await fetch(`${door.url}${(await order()).path}`, { headers: { cookie }, signal: leave.signal });
      const reader = answer.body?.getReader();
      await reader?.read();
      leave.abort();
    }
    await expect
      .poll(
        async () => {
          const { rows } = await db.execute(
            `select count(*)::int as open from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
          );
          return rows[0]?.['open'];
        },
        { timeout: 20_000 },
      )
      .toBe(0);
    await expect
      .poll(async () => (await fetchFile((await order({ body: { filter: { module: ['mail'] } } })).path)).status, {
        timeout: 20_000,
      })
      .toBe(200);
  });
});

it('[RPT-03] a workbook goes on on further sheets', async () => {
  const rows = async function* (): AsyncGenerator<Cell[][]> {
    for (let i = 0; i < 5; i += 1) yield Array.from({ length: 4 }, (_, n) => [i * 4 + n, `row ${i * 4 + n}`]);
  };
  const parts: Buffer[] = [];
  for await (const part of workbookStream({
    sheetName: 'S',
    columns: [
      { title: 'n', width: 5 },
      { title: 't', width: 5 },
    ],
    timeZone: 'UTC',
    rows: rows(),
    rowsPerSheet: 10,
  }))
    parts.push(part);
  const sheets = await readXlsxFile(Buffer.concat(parts));
  expect(sheets.map(({ sheet, data }) => [sheet, data.length, data[1]?.[0]])).toEqual([
    ['S', 11, 0],
    ['S 2', 11, 10],
  ]);
});
