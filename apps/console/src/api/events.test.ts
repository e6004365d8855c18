import { QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '@basalt/contract';
import { afterEach, expect, test, vi } from 'vitest';
import { applyEvent, eventsAddress, followLists } from './events.ts';

afterEach(() => vi.unstubAllGlobals());

const event = (over: Partial<LiveEvent>): LiveEvent => ({
  sequence: 11,
  at: '2026-11-20T12:00:00.000Z',
  kind: 'vm',
  change: 'updated',
  id: 'b',
  data: { id: 'b', state: 'stopped' },
  ...over,
});
const key = [['vm', 'list'], { input: { region: 'hz1' }, type: 'query' }];
const list = {
  items: [
    { id: 'a', state: 'running' },
    { id: 'b', state: 'running' },
  ],
  total: 2,
  sequence: 10,
};

function cached(): QueryClient {
  const client = new QueryClient();
  client.setQueryData(key, list);
  return client;
}
const stale = (client: QueryClient) => client.getQueryState(key)?.isInvalidated;

test('[API-03] an event patches its row in place and keeps the order', () => {
  const client = cached();
  applyEvent(client, event({}));
  expect(client.getQueryData(key)).toEqual({ ...list, items: [list.items[0], { id: 'b', state: 'stopped' }] });
  expect(stale(client)).toBe(false);
});

test('[API-03] an event the list has already seen changes nothing', () => {
  const client = cached();
  applyEvent(client, event({ sequence: 10 }));
  expect(client.getQueryData(key)).toEqual(list);
});

test('[API-03] created and deleted rows make the list be read again; other kinds leave it alone', () => {
  for (const change of ['created', 'deleted'] as const) {
    const client = cached();
    applyEvent(client, event({ change }));
    expect(stale(client)).toBe(true);
  }
  const client = cached();
  applyEvent(client, event({ kind: 'host', change: 'created' }));
  expect(stale(client)).toBe(false);
});

test('[API-03] an answer that is older than an event does not bring the old row back', async () => {
  const client = new QueryClient();
  const lists = followLists(client);
  const { promise, resolve } = Promise.withResolvers<typeof list>();
  const asked = client.fetchQuery({ queryKey: key, queryFn: () => promise });
  lists.take(event({ sequence: 11 }));
  resolve(list);
  await asked;
  expect(client.getQueryData(key)).toEqual({ ...list, items: [list.items[0], { id: 'b', state: 'stopped' }] });
  lists.stop();
});

test('[BYD-13] the stream is that of the account that the tab sees as', () => {
  expect(eventsAddress('hz1')).toBe('/api/v1/regions/hz1/events');
  const kept = { getItem: () => '0b0e4a4e-3c5e-4d57-9a51-0d6f2a4f7a11' };
  vi.stubGlobal('window', { sessionStorage: kept });
  expect(eventsAddress('hz1')).toBe('/api/v1/regions/hz1/events?seeAs=0b0e4a4e-3c5e-4d57-9a51-0d6f2a4f7a11');
});
