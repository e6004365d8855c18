'use client';
import type { VmSummary } from '@basalt/contract';
import { useCallback, useMemo, useState } from 'react';

/**
 * Which VMs are selected, over several pages. Rows of other pages are kept as last seen, so that the bulk bar can say
 * for how many an action holds; the row that is shown now wins.
 */
export function useVmSelection(rows: readonly VmSummary[] | undefined) {
  const [kept, setKept] = useState<ReadonlyMap<string, VmSummary>>(new Map());
  const keys = useMemo(() => new Set(kept.keys()), [kept]);
  const items = useMemo(
    () => [...kept.values()].map((old) => rows?.find((row) => row.id === old.id) ?? old),
    [kept, rows],
  );
  const onChange = useCallback(
    (next: ReadonlySet<string>) =>
      setKept(
        (now) =>
          new Map(
            [...next].flatMap((id) => {
              const vm = rows?.find((row) => row.id === id) ?? now.get(id);
              return vm ? [[id, vm] as const] : [];
            }),
          ),
      ),
    [rows],
  );
  const selectAll = useCallback((all: readonly VmSummary[]) => setKept(new Map(all.map((vm) => [vm.id, vm]))), []);
  const clear = useCallback(() => setKept(new Map()), []);
  return { keys, items, onChange, selectAll, clear };
}
