import { expect, test } from 'vitest';
import { parseListState } from '@/list-state.ts';
import { vmListQuery } from './vm-query.ts';

const query = (address: string) => vmListQuery('hz1', parseListState(new URLSearchParams(address)));

test('[VM-25] search, sort, conditions and page of an address are what the server is asked', () => {
  expect(query('q=erp&f.state=running&f.state=stopped&sort=-name&page=2&size=100')).toEqual({
    region: 'hz1',
    limit: 100,
    page: 2,
    search: 'erp',
    sort: { field: 'name', order: 'desc' },
    filter: { state: ['running', 'stopped'] },
  });
});

test('[VM-25] what a link holds that nobody knows is left out', () => {
  expect(query('f.state=flying&f.colour=red&sort=colour')).toEqual({ region: 'hz1', limit: 50, page: 1, filter: {} });
});
