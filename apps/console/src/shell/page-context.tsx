'use client';
/** What a page tells the shell: its last breadcrumb, and further groups of the side panel (siblings, sections). */
import type { SideGroup } from '@basalt/ui';
import { createContext, use, useCallback, useEffect, useId, useMemo, useState } from 'react';

export interface PageInfo {
  /** Name of the object that is open; undefined on lists. */
  title?: string | undefined;
  sideGroups?: readonly SideGroup[] | undefined;
  activeKeys?: readonly string[] | undefined;
}

interface PageState {
  info: PageInfo;
  set: (owner: string, info: PageInfo | null) => void;
}

const Context = createContext<PageState | null>(null);

export function PageContextProvider({ children }: { children: React.ReactNode }) {
  const [held, setHeld] = useState<{ owner: string; info: PageInfo } | null>(null);
  // Keeps its identity: pages call it in an effect that depends on it.
  const set = useCallback<PageState['set']>(
    (owner, info) => setHeld((now) => (info === null ? (now?.owner === owner ? null : now) : { owner, info })),
    [],
  );
  const state = useMemo<PageState>(() => ({ info: held?.info ?? {}, set }), [held, set]);
  return <Context value={state}>{children}</Context>;
}

export function usePageInfo(): PageInfo {
  return use(Context)?.info ?? {};
}

/** Called by a page. `info` must keep its identity between renders (useMemo). */
export function useDescribePage(info: PageInfo): void {
  const owner = useId();
  const set = use(Context)?.set;
  useEffect(() => {
    set?.(owner, info);
    return () => set?.(owner, null);
  }, [set, owner, info]);
}
