/** From the address of the list to what the server is asked. What an old or mistyped link holds is left out, never an error. */
import { vmFilter, vmSortField, type VmSummary } from '@basalt/contract';
import type { z } from 'zod';
import type { ListState } from '@/list-state.ts';

export type VmFilterKey = keyof z.infer<typeof vmFilter>;
export const vmFilterKeys = Object.keys(vmFilter.shape) as VmFilterKey[];

export interface VmListQuery {
  region: string;
  limit: number;
  page: number;
  search?: string;
  sort?: { field: z.infer<typeof vmSortField>; order: 'asc' | 'desc' };
  filter: z.input<typeof vmFilter>;
}

/** The conditions of an address that the contract knows. */
export function vmFilterOf(filter: ListState['filter']): z.input<typeof vmFilter> {
  const known = vmFilterKeys.flatMap((key) => {
    const parsed = vmFilter.shape[key].safeParse(filter[key]);
    return parsed.success && parsed.data !== undefined ? [[key, parsed.data] as const] : [];
  });
  return Object.fromEntries(known);
}

export function vmListQuery(region: string, state: ListState): VmListQuery {
  const field = vmSortField.safeParse(state.sort?.key);
  return {
    region,
    limit: state.size,
    page: state.page,
    ...(state.search.trim() === '' ? {} : { search: state.search.trim().slice(0, 256) }),
    ...(field.success && state.sort ? { sort: { field: field.data, order: state.sort.order } } : {}),
    filter: vmFilterOf(state.filter),
  };
}

/** The words of a condition's value, found among the rows that are shown; ids are cut where no row names them. */
export function conditionText(key: VmFilterKey, value: string, rows: readonly VmSummary[]): string {
  const named = (pick: (row: VmSummary) => { id: string; name: string } | null): string | undefined =>
    rows.map(pick).find((item) => item?.id === value)?.name;
  const found =
    key === 'hostId'
      ? named((row) => row.host)
      : key === 'clusterId'
        ? named((row) => row.cluster)
        : key === 'imageId'
          ? named((row) => row.image)
          : key === 'ownerId'
            ? named((row) => row.owner)
            : undefined;
  return found ?? value.slice(0, 8);
}
