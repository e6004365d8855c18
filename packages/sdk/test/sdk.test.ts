import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BasaltError, vmSummary, type TaskDetail, type VmId } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { doorOpen, postgresOpen, type Door } from '../../../apps/gateway/test/harness.ts';
import { keyCreate, type TestKey } from '../../../apps/gateway/test/signed.ts';
import {
  ApiError,
  clientCreate,
  ConnectionError,
  events,
  imageUpload,
  rows,
  TaskError,
  taskIdsOf,
  waitForTask,
  type Client,
} from '../src/index.ts';

const region = 'region-1';
const id = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a' as VmId;
let postgres: TestPostgres;
let door: Door;
let cookie: string;
let key: TestKey;
let client: Client;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  cookie = await door.signIn('admin@basalt.local');
  key = await keyCreate(door, cookie);
  client = clientCreate({ url: door.url, key, region, sleep: async () => undefined });
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const task = (state: TaskDetail['state'], progress = 0): object => ({
  id,
  kind: 'vm.start',
  state,
  target: { kind: 'vm', id, name: 'web-1' },
  parentId: null,
  progress,
  currentStep: null,
  cancellable: false,
  retryable: false,
  actor: { id, name: 'a', address: null },
  error: null,
  createdAt: '2026-01-31T08:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  steps: [],
  log: [],
  children: [],
});

describe('the client', () => {
  it('[API-04] calls what the gateway and the region answer, with the types of the contract', async () => {
    const me = await client.session.current();
    expect(me.account.email).toBe('admin@basalt.local');
    const list = await client.vm.list({ limit: 5, search: 'a + b & c=ü', filter: { state: ['running'] } });
    expect(vmSummary.parse(list.items[0]).name).toBe('web-1');
    expect(door.region.calls.at(-1)).toMatchObject({
      name: 'vm.list',
      input: { region, limit: 5, search: 'a + b & c=ü', filter: { state: ['running'] } },
      actor: { via: 'api', apiKeyId: key.id },
    });
    expect(await client.call('vm.get', { id })).toMatchObject({ id });
    await expect(client.call('vm.nothing')).rejects.toThrow(TypeError);
    expect(Object.keys((await client.vm.list({}, { fields: ['id'] })).items[0] ?? {})).toEqual(['id']);
  });

  it('[API-04] tells errors with code, field, text in its language and the request’s id', async () => {
    const refused = await client.vm.list({ limit: 5_000 }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ code: 'invalidInput', field: 'limit', status: 400, requestId: expect.any(String) });
    const chinese = clientCreate({ url: door.url, key, locale: 'zh-CN' });
    await expect(chinese.vm.list({ region: 'nowhere' })).rejects.toThrow(/不存在/u);
    const nobody = clientCreate({ url: 'http://127.0.0.1:1', key, retries: 0 });
    await expect(nobody.session.current()).rejects.toBeInstanceOf(ConnectionError);
    expect(() => client.vm.get({ id: undefined as never })).toThrow(TypeError);
  });

  it('[API-04] tries again what may be tried again, with one token and a signature each', async () => {
    let failures = 2;
    door.region.answers.set('vm.start', () => {
      failures -= 1;
      if (failures >= 0) throw new BasaltError('notLeader');
      return { taskId: id };
    });
    try {
      const before = door.region.calls.length;
      expect(await client.vm.start({ id })).toEqual({ taskId: id });
      const inputs = door.region.calls.slice(before).map(({ input }) => input as { requestToken: string });
      expect(inputs).toHaveLength(3);
      expect(new Set(inputs.map(({ requestToken }) => requestToken)).size).toBe(1);
      failures = 10;
      await expect(client.vm.start({ id })).rejects.toMatchObject({ code: 'notLeader', retryable: true });
      expect(failures).toBe(6);
    } finally {
      door.region.answers.delete('vm.start');
    }
  });

  it('[API-04] does not try again what was refused', async () => {
    const before = door.region.calls.length;
    door.region.answers.set('vm.start', () => {
      throw new BasaltError('actionRefused', { reason: 'no' });
    });
    await expect(client.vm.start({ id })).rejects.toMatchObject({ code: 'actionRefused' });
    door.region.answers.delete('vm.start');
    expect(door.region.calls.length - before).toBe(1);
  });
});

describe('lists', () => {
  it('[API-04] are read from the first row to the last', async () => {
    for (let n = 0; n < 5; n += 1) await keyCreate(door, cookie, { name: `paged-${n}` });
    const names: string[] = [];
    for await (const row of rows(client.apiKey.list, { limit: 2 })) names.push(row.name);
    const { total } = await client.apiKey.list();
    expect(names).toHaveLength(total);
    expect(new Set(names).size).toBe(total);
  });
});

describe('waiting for a task', () => {
  it('[API-04] ends with success, telling every move', async () => {
    const states = [task('queued'), task('running', 0.5), task('running', 0.5), task('succeeded', 1)];
    door.region.answers.set('task.get', () => states.shift() ?? task('succeeded', 1));
    const moves: string[] = [];
    const done = await waitForTask(client, id, { interval: 5, onProgress: ({ state }) => moves.push(state) });
    expect([done.state, moves]).toEqual(['succeeded', ['queued', 'running', 'succeeded']]);
  });

  it('[API-04] fails with what the task failed with, or when the time is over', async () => {
    door.region.answers.set('task.get', () => task('failed'));
    await expect(waitForTask(client, id, { interval: 5 })).rejects.toBeInstanceOf(TaskError);
    door.region.answers.set('task.get', () => task('running'));
    await expect(waitForTask(client, id, { interval: 5, timeout: 30 })).rejects.toMatchObject({ name: 'TimeoutError' });
    door.region.answers.delete('task.get');
  });

  it('[API-04] finds the tasks in an answer', () => {
    expect(taskIdsOf({ items: [{ vm: {}, taskId: 'a' }, { taskId: 'b' }], taskId: null })).toEqual(['a', 'b']);
  });
});

describe('the live stream', () => {
  it('[API-03] gives events in order and goes on after the last one', async () => {
    const stop = new AbortController();
    const seen: (string | null)[] = [];
    const reading = (async () => {
      for await (const message of events(client, { after: 41, signal: stop.signal })) {
        seen.push(message.id);
        expect(message.data).toMatchObject({ type: 'changed' });
        if (seen.length === 2) return;
      }
    })();
    await expect.poll(() => door.region.resumed.at(-1), { timeout: 5_000 }).toBe('41');
    door.region.emit(42, { type: 'changed' });
    door.region.emit(43, { type: 'changed' });
    await reading;
    stop.abort();
    expect(seen).toEqual(['42', '43']);
  });
});

it('[API-04] sends the content of an image by signed parts', async () => {
  const before = door.region.uploads.received;
  const sent: number[] = [];
  const content = new Blob([new Uint8Array(9 * 1024 * 1024)]);
  await imageUpload(client, id, content, { onProgress: (bytes) => sent.push(bytes) });
  expect(door.region.uploads.received - before).toBe(content.size);
  expect(sent).toEqual([8 * 1024 * 1024, content.size]);
}, 60_000);
