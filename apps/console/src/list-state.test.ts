import { expect, test } from 'vitest';
import { formatListState, parseListState, toggleFilter } from './list-state.ts';

test('[VM-25] the state of a list survives its address', () => {
  const query = 'tab=x&q=erp&f.state=running&f.state=stopped&f.host=h1&sort=-name&page=3&size=100&cols=state%2Chost';
  const state = parseListState(new URLSearchParams(query));
  expect(state).toEqual({
    search: 'erp',
    filter: { state: ['running', 'stopped'], host: ['h1'] },
    sort: { key: 'name', order: 'desc' },
    page: 3,
    size: 100,
    columns: ['state', 'host'],
  });
  expect(formatListState(state, new URLSearchParams(query))).toBe(query);
});

test('[VM-25] defaults are left out and nonsense becomes the default', () => {
  const state = parseListState(new URLSearchParams('page=-1&size=7&sort='));
  expect(state).toMatchObject({ page: 1, size: 50, sort: undefined, columns: undefined });
  expect(formatListState(state)).toBe('');
});

test('[VM-25] a condition switches on and off', () => {
  const on = toggleFilter({}, 'state', 'running');
  expect(on).toEqual({ state: ['running'] });
  expect(toggleFilter(on, 'state', 'stopped')).toEqual({ state: ['running', 'stopped'] });
  expect(toggleFilter(on, 'state', 'running')).toEqual({});
});
