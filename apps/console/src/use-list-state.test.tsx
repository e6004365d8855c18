// @vitest-environment jsdom
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toggleFilter, useListState } from './list-state.ts';

const address = vi.hoisted(() => ({ query: '', asked: [] as string[] }));
vi.mock('next/navigation', () => ({
  usePathname: () => '/r/a/vms',
  useSearchParams: () => new URLSearchParams(address.query),
  useRouter: () => router,
}));
const router = { replace: (path: string) => address.asked.push(path) };
const arrive = (path: string) => {
  address.query = path.split('?')[1] ?? '';
};

beforeEach(() => {
  address.query = '';
  address.asked = [];
});
afterEach(cleanup);

const filters = (rendered: ReturnType<typeof list>) => rendered.result.current[0].filter;
const list = () => renderHook(() => useListState());
const toggle = (rendered: ReturnType<typeof list>, field: string, value: string) =>
  act(() => {
    const [state, set] = rendered.result.current;
    set({ filter: toggleFilter(state.filter, field, value) });
  });

test('[VM-25] a second condition that is set before the address has followed keeps the first', () => {
  const rendered = list();
  toggle(rendered, 'result', 'failed');
  expect(filters(rendered)).toEqual({ result: ['failed'] });
  toggle(rendered, 'time', 'hour');
  expect(address.asked.at(-1)).toBe('/r/a/vms?f.result=failed&f.time=hour');
  // The address passes through the first on its way.
  for (const path of address.asked) {
    arrive(path);
    rendered.rerender();
    expect(filters(rendered)).toEqual({ result: ['failed'], time: ['hour'] });
  }
});

test('[VM-25] going back is not taken for being on the way', () => {
  const rendered = list();
  toggle(rendered, 'state', 'running');
  arrive(address.asked[0] ?? '');
  rendered.rerender();
  expect(filters(rendered)).toEqual({ state: ['running'] });
  arrive('');
  rendered.rerender();
  expect(filters(rendered)).toEqual({});
});

test('[VM-25] a condition that is set and taken back at once leaves none', () => {
  const rendered = list();
  toggle(rendered, 'state', 'running');
  toggle(rendered, 'state', 'running');
  expect(filters(rendered)).toEqual({});
  expect(address.asked.at(-1)).toBe('/r/a/vms');
  toggle(rendered, 'state', 'stopped');
  expect(filters(rendered)).toEqual({ state: ['stopped'] });
});
