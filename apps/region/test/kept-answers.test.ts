import { request } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { vmCreate } from '../src/domain/vm/create.ts';
import { vmUpdate } from '../src/store/vm.ts';
import { KeptAnswers, tagOf } from '../src/server/kept-answers.ts';
import { sequenceNow } from '../src/store/page.ts';
import { transact } from '../src/store/transact.ts';
import { doorOpen, type Door } from './door-fixture.ts';
import { KEY, vmInput } from './region-fixture.ts';

let door: Door;
let authorization: string;

beforeAll(async () => {
  door = await doorOpen();
  await door.f.hostAdd('h1');
  const imageId = await door.f.imageAdd();
  const networkId = await door.f.networkAdd('10.41.0.0/24');
  await vmCreate(door.f.context(), vmInput({ name: 'kept', imageId, networkId, count: 8 }));
  authorization = await door.authorization();
});
afterAll(() => door[Symbol.asyncDispose]());

const question = `/v1/rpc/vm.list?input=${encodeURIComponent(JSON.stringify({ region: KEY, limit: 50 }))}`;
const as = () => door.dispatcher(door.gateway);

interface Listed {
  readonly sequence: number;
  readonly items: { readonly id: string; readonly note: string }[];
}

async function list(dispatcher = as(), header = authorization): Promise<Listed> {
  const answer = await request(`${door.origin}${question}`, { dispatcher, headers: { authorization: header } });
  expect(answer.statusCode).toBe(200);
  return ((await answer.body.json()) as { result: { data: Listed } }).result.data;
}

test('[VM-25] a list that is asked many times while others write never shows less than its sequence says, nor than the asker wrote', async () => {
  const dispatcher = as();
  const { items } = await list(dispatcher);
  let written = 0;
  const writer = async (id: string): Promise<void> => {
    for (let turn = 1; turn <= 15; turn += 1) {
      const note = `turn ${turn}`;
      await transact(door.f.db, async (work) => {
        await vmUpdate(work.tx, id as never, { note });
        work.changed('vm', id);
      });
      written += 1;
      const committed = await sequenceNow(door.f.db);
      const seen = await list(dispatcher);
      expect(seen.sequence).toBeGreaterThanOrEqual(committed);
      expect(seen.items.find((vm) => vm.id === id)?.note).toBe(note);
    }
  };
  const readers = Array.from({ length: 4 }, async () => {
    const last = new Map<string, number>();
    while (written < items.length * 15) {
      for (const { id, note } of (await list(dispatcher)).items) {
        const turn = Number(note.slice('turn '.length) || 0);
        expect(turn).toBeGreaterThanOrEqual(last.get(id) ?? 0);
        last.set(id, turn);
      }
    }
  });
  await Promise.all([...items.map(({ id }) => writer(id)), ...readers]);
});

test('[VM-25] while nothing changes the rows are read once; a change reads them again', async () => {
  const dispatcher = as();
  const asked = vi.spyOn(door.f.db.$client, 'query');
  const rowsRead = (): number =>
    asked.mock.calls.filter(([query]) => JSON.stringify(query).includes(String.raw`from \"vms\"`)).length;
  try {
    const sequence = await sequenceNow(door.f.db);
    // within the second for which an answer is kept at most
    await expect
      .poll(async () => {
        await list(dispatcher);
        const before = rowsRead();
        await list(dispatcher);
        return rowsRead() - before;
      })
      .toBe(0);
    expect((await list(dispatcher)).sequence).toBe(sequence);
    const before = rowsRead();
    await transact(door.f.db, async (work) => work.changed('host', 'x'));
    expect((await list(dispatcher)).sequence).toBe(sequence + 1);
    expect(rowsRead()).toBeGreaterThan(before);
  } finally {
    asked.mockRestore();
  }
});

test('[IAM-03] an answer is not given to another assertion, and not without the permission', async () => {
  const dispatcher = as();
  await list(dispatcher);
  const refused = await request(`${door.origin}${question}`, {
    dispatcher,
    headers: { authorization: await door.authorization([]) },
  });
  expect(refused.statusCode).toBe(403);
  await refused.body.dump();
  const kept = new KeptAnswers();
  const actor = door.f.context().actor;
  const answer = (text: string) => async () => Buffer.from(text);
  expect(String(await kept.of(actor, 'q', 1, answer('mine')))).toBe('mine');
  expect(String(await kept.of({ ...actor }, 'q', 1, answer('another’s')))).toBe('another’s');
  expect(String(await kept.of(actor, 'q', 1, answer('new')))).toBe('mine');
  expect(String(await kept.of(actor, 'q', 2, answer('new')))).toBe('new');
});

test('[VM-25] who has an answer by its tag need not get it again, until something changes', async () => {
  const dispatcher = as();
  const ask = async (tag?: string, header = authorization) => {
    const headers = { authorization: header, ...(tag === undefined ? {} : { 'if-none-match': tag }) };
    const answer = await request(`${door.origin}${question}`, { dispatcher, headers });
    return { status: answer.statusCode, tag: String(answer.headers['etag']), text: await answer.body.text() };
  };
  const first = await ask();
  expect(first).toMatchObject({ status: 200, text: expect.stringContaining('kept-') });
  // within the second for which an answer is kept at most
  await expect.poll(async () => ask((await ask()).tag)).toMatchObject({ status: 304, text: '' });
  const { tag } = await ask();
  expect((await ask('"another"')).status).toBe(200);
  expect((await ask(tag, await door.authorization('*', { name: 'Another' }))).status).toBe(200);
  expect((await ask(tag, await door.authorization([]))).status).toBe(403);
  await transact(door.f.db, async (work) => work.changed('host', 'x'));
  const changed = await ask(tag);
  expect(changed.status).toBe(200);
  expect(changed.tag).not.toBe(tag);
});

test('[VM-25] a tag names the bytes of one answer and no others', () => {
  const body = Buffer.from('the same');
  expect(tagOf(body)).toBe(tagOf(body));
  expect(tagOf(Buffer.from('the same'))).not.toBe(tagOf(body));
});

test('[VM-25] a failure is not kept, and what is kept has an end', async () => {
  const kept = new KeptAnswers();
  const { actor } = door.f.context();
  await expect(kept.of(actor, 'q', 1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(String(await kept.of(actor, 'q', 1, async () => Buffer.from('yes')))).toBe('yes');
  let made = 0;
  const large = async () => ((made += 1), Buffer.alloc(3 * 1024 ** 2));
  for (const name of ['a', 'b', 'c', 'a']) await kept.of(actor, name, 1, large);
  expect(made).toBe(4);
});
