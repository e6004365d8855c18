/** The door's own way of speaking tRPC against tRPC's own clients. */
import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink, type TRPCLink } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegionKey, VmId } from '@basalt/contract';
import { remoteErrorOf, type AppRouter } from '@basalt/rpc';
import type { TestPostgres } from '@basalt/service';
import { doorOpen, postgresOpen, type Door } from './harness.ts';

const region = 'region-1' as RegionKey;
const id = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a' as VmId;
let postgres: TestPostgres;
let door: Door;
let cookie: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('reader@basalt.local', 'systemReadonly');
  cookie = await door.signIn('reader@basalt.local');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const links = {
  single: httpLink<AppRouter>,
  batch: httpBatchLink<AppRouter>,
  stream: httpBatchStreamLink<AppRouter>,
} satisfies Record<string, (options: { url: string; headers: () => Record<string, string> }) => TRPCLink<AppRouter>>;

describe.each(Object.entries(links))('tRPC’s client, %s', (_, link) => {
  const client = () =>
    createTRPCClient<AppRouter>({
      links: [
        link({ url: `${door.url}/api/trpc`, headers: () => ({ cookie, origin: door.url, 'accept-language': 'en' }) }),
      ],
    });

  it('[API-01] reads what the gateway and the region answer', async () => {
    const trpc = client();
    const [info, session, list, vm] = await Promise.all([
      trpc.platform.info.query({}),
      trpc.session.current.query({}),
      trpc.vm.list.query({ region, search: 'a + b & c=ü' }),
      trpc.vm.get.query({ region, id }),
    ]);
    expect(info.product).toBe('Basalt');
    expect(session.account.email).toBe('reader@basalt.local');
    expect(list.items).toHaveLength(1);
    expect(vm.id).toBe(id);
    expect(door.region.calls.findLast(({ name }) => name === 'vm.list')?.input).toMatchObject({
      search: 'a + b & c=ü',
    });
  });

  it('[API-02] gets each refusal where it belongs', async () => {
    const trpc = client();
    const results = await Promise.allSettled([
      trpc.region.list.query({}),
      trpc.vm.list.query({ region: 'nowhere' }),
      trpc.vm.list.query({ region, limit: 1_000 }),
    ]);
    expect(results.map((result) => (result.status === 'rejected' ? remoteErrorOf(result.reason)?.code : 'ok'))).toEqual(
      ['ok', 'notFound', 'invalidInput'],
    );
    await expect(trpc.vm.start.mutate({ region, id })).rejects.toMatchObject({
      data: { basalt: { code: 'permissionMissing', retryable: false } },
    });
    expect(await trpc.session.setPreferences.mutate({ theme: 'dark' })).toMatchObject({ theme: 'dark' });
  });
});
