'use client';
/**
 * One event stream per region and browser tab. The browser resumes by itself with Last-Event-ID after a short loss; each
 * event patches the cached lists and the object's page in place and marks what it cannot patch as stale.
 */
import { liveEvent, type LiveEvent } from '@basalt/contract';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { endpoints } from '@/paths.ts';
import { seeAsAccount } from '@/session/see-as.ts';

export type StreamState = 'connecting' | 'live' | 'lost';
interface Stream {
  state: StreamState;
  /** When something last arrived, in ms since 1970. */
  at: number | null;
}

let stream: Stream = { state: 'connecting', at: null };
const listeners = new Set<() => void>();
const show = (next: Stream) => {
  stream = next;
  for (const tell of listeners) tell();
};
const initial: Stream = { state: 'connecting', at: null };

/** State and age of the event stream, for the foot of lists. */
export function useStream(): Stream {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => stream,
    () => initial,
  );
}

interface ListData {
  items: { id: string }[];
  sequence: number;
}

function isList(data: unknown): data is ListData {
  return (
    typeof data === 'object' && data !== null && 'items' in data && Array.isArray(data.items) && 'sequence' in data
  );
}

/** tRPC's query keys start with the path: [['vm', 'list'], {...}]. */
const pathOf = (key: readonly unknown[]): readonly unknown[] => (Array.isArray(key[0]) ? key[0] : []);

/** What a list shows after an event, in place and in the order that holds; the same object when nothing changes. */
export function patchList(list: ListData, event: LiveEvent): ListData {
  if (event.sequence <= list.sequence) return list;
  const found = list.items.some((item) => item.id === event.id);
  if (!found || typeof event.data !== 'object' || event.data === null || event.change === 'deleted') return list;
  const fresh = event.data as { id: string };
  return { ...list, items: list.items.map((item) => (item.id === event.id ? { ...item, ...fresh } : item)) };
}

/** Applies one event to the cache. New and deleted rows change totals and facets, so those lists are read again. */
export function applyEvent(client: QueryClient, event: LiveEvent): void {
  client.setQueriesData<unknown>(
    { predicate: ({ queryKey }) => pathOf(queryKey)[0] === event.kind && pathOf(queryKey)[1] === 'list' },
    (data: unknown) => (isList(data) ? patchList(data, event) : data),
  );
  void client.invalidateQueries({
    predicate: ({ queryKey }) => {
      const [area, verb] = pathOf(queryKey);
      if (area === 'overview') return event.kind !== 'event';
      if (event.kind === 'event') return area === 'resourceEvent';
      if (area !== event.kind) return false;
      return verb === 'list' ? event.change !== 'updated' : JSON.stringify(queryKey).includes(event.id);
    },
  });
}

const kept = 500;
const countsAgainMs = 5_000;

/**
 * A list that was asked for before an event and answered after it would bring the older row back. So the last events are kept,
 * and whatever a list has not seen yet is applied to it as it arrives. What an event cannot patch, the counts beside a
 * list, is read again a little later, once for many events.
 */
export function followLists(client: QueryClient): { take: (event: LiveEvent) => void; stop: () => void } {
  const recent: LiveEvent[] = [];
  const stale = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const countAgain = () => {
    timer = undefined;
    const kinds = new Set(stale);
    stale.clear();
    void client.invalidateQueries({
      predicate: ({ queryKey }) => kinds.has(String(pathOf(queryKey)[0])) && pathOf(queryKey)[1] === 'list',
    });
  };
  const unsubscribe = client.getQueryCache().subscribe((change) => {
    if (change.type !== 'updated' || change.action.type !== 'success' || change.action.manual === true) return;
    const [area, verb] = pathOf(change.query.queryKey);
    const data: unknown = change.query.state.data;
    if (verb !== 'list' || !isList(data)) return;
    const patched = recent.reduce((list, event) => (event.kind === area ? patchList(list, event) : list), data);
    if (patched !== data) client.setQueryData(change.query.queryKey, patched);
  });
  return {
    take(event) {
      recent.push(event);
      if (recent.length > kept) recent.shift();
      applyEvent(client, event);
      stale.add(event.kind);
      timer ??= setTimeout(countAgain, countsAgainMs);
    },
    stop() {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}

/** Where a region's stream is opened. It carries whom this tab sees as in its address, for it can carry no headers. */
export function eventsAddress(region: string): string {
  const account = seeAsAccount();
  const address = endpoints.events(region);
  return account === null ? address : `${address}?seeAs=${encodeURIComponent(account)}`;
}

/** Opens the stream of a region for as long as the caller is shown. */
export function useEvents(region: string): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource(eventsAddress(region));
    const lists = followLists(client);
    show({ state: 'connecting', at: null });
    const receive = (message: MessageEvent<string>) => {
      show({ state: 'live', at: Date.now() });
      if (message.data === '') return;
      const parsed = liveEvent.safeParse(JSON.parse(message.data));
      if (parsed.success) lists.take(parsed.data);
    };
    source.onopen = () => show({ state: 'live', at: Date.now() });
    source.onmessage = receive;
    source.addEventListener('heartbeat', () => show({ state: 'live', at: Date.now() }));
    // The stream was too far behind to resume: everything shown may be old.
    source.addEventListener('reset', () => void client.invalidateQueries());
    source.onerror = () => show({ state: 'lost', at: stream.at });
    return () => {
      source.close();
      lists.stop();
    };
  }, [region, client]);
}
