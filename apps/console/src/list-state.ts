'use client';
/** The state of a list page lives in its address, so that every view is a link (search, conditions, sort, page, columns). */
import type { TableSort } from '@basalt/ui';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useCallback, useMemo, useState } from 'react';

export interface ListState {
  search: string;
  /** Conditions: several values of one field mean "one of". */
  filter: Readonly<Record<string, readonly string[]>>;
  sort: TableSort | undefined;
  /** From 1. */
  page: number;
  size: number;
  /** Keys of the shown columns; undefined = default. */
  columns: readonly string[] | undefined;
}

const defaultSize = 50;
const sizes = [20, 50, 100, 200];

const whole = (text: string | null, otherwise: number): number =>
  text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : otherwise;

/** `?q=erp&f.state=running&f.state=stopped&sort=-name&page=2&size=100&cols=state,host` */
export function parseListState(params: URLSearchParams): ListState {
  const filter: Record<string, string[]> = {};
  for (const [key, value] of params) if (key.startsWith('f.')) (filter[key.slice(2)] ??= []).push(value);
  const sort = params.get('sort') ?? '';
  const size = whole(params.get('size'), defaultSize);
  const columns = params.get('cols');
  return {
    search: params.get('q') ?? '',
    filter,
    sort: sort === '' ? undefined : { key: sort.replace(/^-/, ''), order: sort.startsWith('-') ? 'desc' : 'asc' },
    page: whole(params.get('page'), 1),
    size: sizes.includes(size) ? size : defaultSize,
    columns: columns === null ? undefined : columns.split(',').filter((key) => key !== ''),
  };
}

/** The query string of a state; defaults are left out. Foreign parameters of `base` (dialogs, tabs) stay. */
export function formatListState(state: ListState, base = new URLSearchParams()): string {
  const params = new URLSearchParams();
  for (const [key, value] of base) {
    if (!['q', 'sort', 'page', 'size', 'cols'].includes(key) && !key.startsWith('f.')) params.append(key, value);
  }
  if (state.search !== '') params.set('q', state.search);
  for (const [key, values] of Object.entries(state.filter))
    for (const value of values) params.append(`f.${key}`, value);
  if (state.sort) params.set('sort', `${state.sort.order === 'desc' ? '-' : ''}${state.sort.key}`);
  if (state.page !== 1) params.set('page', String(state.page));
  if (state.size !== defaultSize) params.set('size', String(state.size));
  if (state.columns) params.set('cols', state.columns.join(','));
  return params.toString();
}

/** Where the address is going: changing it takes a moment, and what is changed meanwhile must build on it. */
interface Underway {
  /** Addresses that were left behind on the way. */
  from: readonly string[];
  to: string;
}

/** The list state of the address, and a setter. Whatever changes what matches goes back to page 1. */
export function useListState(): [ListState, (change: Partial<ListState>) => void] {
  const params = useSearchParams();
  const pathname = usePathname();
  const router = useRouter();
  const [underway, setUnderway] = useState<Underway | null>(null);
  const here = params.toString();
  // Arrived, or somewhere else altogether.
  if (underway !== null && !underway.from.includes(here)) setUnderway(null);
  const query = underway?.to ?? here;
  const state = useMemo(() => parseListState(new URLSearchParams(query)), [query]);
  const set = useCallback(
    (change: Partial<ListState>) => {
      const rewinds =
        change.search !== undefined || change.filter !== undefined || 'sort' in change || change.size !== undefined;
      const next = formatListState(
        { ...state, ...(rewinds ? { page: 1 } : {}), ...change },
        new URLSearchParams(query),
      );
      setUnderway((before) =>
        next === here ? null : { from: [...(before ? [...before.from, before.to] : []), here], to: next },
      );
      router.replace(next === '' ? pathname : `${pathname}?${next}`, { scroll: false });
    },
    [state, query, here, pathname, router],
  );
  return [state, set];
}

/** A filter with one value of one field switched over. */
export function toggleFilter(filter: ListState['filter'], field: string, value: string): ListState['filter'] {
  const values = filter[field] ?? [];
  const next = values.includes(value) ? values.filter((item) => item !== value) : [...values, value];
  const { [field]: _gone, ...rest } = filter;
  return next.length === 0 ? rest : { ...rest, [field]: next };
}
