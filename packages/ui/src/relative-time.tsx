'use client';
import { useSyncExternalStore } from 'react';
import { formatExact, formatRelative } from './format.ts';

// One clock for all times of a page: they change together, and there is one timer.
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The page's clock in ms since 1970, moving every second. */
export function useNow(): number {
  // On the server the time of the request; the text is corrected right after hydration.
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => now,
  );
}

/** A time as rule 15 writes it, with the exact one in the tooltip. `at` is an ISO string or a Date. */
export function RelativeTime({ at, locale }: { at: string | Date; locale: string }) {
  const current = useNow();
  const date = typeof at === 'string' ? new Date(at) : at;
  return (
    <time dateTime={date.toISOString()} title={formatExact(date)} suppressHydrationWarning>
      {formatRelative(date, new Date(current), locale)}
    </time>
  );
}
