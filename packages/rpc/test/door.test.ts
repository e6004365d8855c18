import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { BasaltError, mutation, query, vcpu } from '@basalt/contract';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { clientBuild, routerBuild, type DoorContext } from '../src/index.ts';

const declared = { door: 'region', summary: { 'zh-CN': '', 'en-US': '' } } as const;
const tree = {
  thing: {
    get: query({
      ...declared,
      access: 'vm:read',
      rest: { method: 'GET', path: '/things/{id}' },
      input: z.object({ id: z.int(), vcpu: vcpu.optional() }),
      output: z.object({ name: z.string() }),
    }),
    fail: mutation({
      ...declared,
      access: 'vm:create',
      rest: { method: 'POST', path: '/things' },
      input: z.object({ how: z.enum(['ours', 'bug', 'hang']) }),
      output: z.object({}),
    }),
  },
} as const;

function door(refuse?: BasaltError) {
  const seen: string[] = [];
  const router = routerBuild<typeof tree, DoorContext>(
    tree,
    {
      thing: {
        get: ({ input }) => Promise.resolve({ name: `thing ${input.id}` }),
        fail: ({ input }) => {
          if (input.how === 'ours') throw new BasaltError('nameTaken', { name: 'web' }, { field: 'name' });
          if (input.how === 'bug') throw new TypeError('secret internals');
          return new Promise(() => undefined);
        },
      },
    },
    {
      authorise: ({ name }) => {
        seen.push(name);
        if (refuse) throw refuse;
      },
      onError: ({ name }) => void seen.push(`error ${name}`),
    },
  );
  const client = clientBuild(tree, {
    url: 'http://door/rpc',
    fetch: (url, init) => {
      const answer = fetchRequestHandler({
        endpoint: '/rpc',
        req: new Request(url, init),
        router,
        createContext: () => ({ locale: 'en-US' as const, requestId: 'r-1' }),
      });
      const { promise, reject } = Promise.withResolvers<never>();
      init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      return Promise.race([answer, promise]);
    },
    deadline: () => 200,
    unreachable: (timedOut, seconds) => new BasaltError(timedOut ? 'timedOut' : 'unavailable', { seconds }),
  });
  return { client, seen };
}

test('[API-01] a call goes through authorisation, contract and handler and back', async () => {
  const { client, seen } = door();
  expect(await client.thing.get({ id: 7 })).toEqual({ name: 'thing 7' });
  expect(seen).toEqual(['thing.get']);
});

test('[IAM-05] a refusal by authorisation reaches neither parser nor handler', async () => {
  const { client } = door(new BasaltError('permissionMissing', { permission: 'vm:read' }));
  await expect(client.thing.get({ id: 'x' } as never)).rejects.toMatchObject({
    code: 'permissionMissing',
    params: { permission: 'vm:read' },
  });
});

test('[API-02] bad input names field and rule; unknown fields are refused', async () => {
  const { client } = door();
  await expect(client.thing.get({ id: 1.5 })).rejects.toMatchObject({ code: 'invalidInput', field: 'id' });
  await expect(client.thing.get({ id: 1, vcpu: 3 })).rejects.toMatchObject({
    field: 'vcpu',
    issues: [{ field: 'vcpu', message: '1 or an even number up to 240' }],
  });
  await expect(client.thing.get({ id: 1, colour: 'red' } as never)).rejects.toMatchObject({ field: 'colour' });
});

test('[API-02] our errors keep code, parameters and field; others become internal and tell nothing', async () => {
  const { client, seen } = door();
  await expect(client.thing.fail({ how: 'ours' })).rejects.toMatchObject({
    code: 'nameTaken',
    params: { name: 'web' },
    field: 'name',
  });
  const bug = await client.thing.fail({ how: 'bug' }).catch((error: unknown) => error);
  expect(bug).toMatchObject({ code: 'internal' });
  expect(JSON.stringify(bug)).not.toContain('secret internals');
  expect(seen).toContain('error thing.fail');
});

test('[API-02] a call that gets no answer ends at its deadline', async () => {
  const { client } = door();
  await expect(client.thing.fail({ how: 'hang' })).rejects.toMatchObject({ code: 'timedOut' });
});
