import { procedures } from '@basalt/contract';
import { expect, test } from 'vitest';
import { parseListState } from '@/list-state.ts';
import { accountListQuery } from './account-query.ts';

const queryOf = (address: string) => accountListQuery(parseListState(new URLSearchParams(address)));

test('[IAM-06] every view of the list is an address', () => {
  const query = queryOf(
    'q=zhou&f.state=frozen&f.state=locked&f.level=region&f.role=vmOperator&sort=-lastSignInAt&page=2&size=20',
  );
  expect(query).toEqual({
    limit: 20,
    page: 2,
    search: 'zhou',
    sort: { field: 'lastSignInAt', order: 'desc' },
    filter: { state: ['frozen', 'locked'], level: ['region'], role: 'vmOperator' },
  });
  expect(procedures.account.list.input.safeParse(query).success).toBe(true);
});

test('[IAM-06] conditions that nobody knows are left out', () => {
  expect(queryOf('f.state=happy&f.level=galaxy&f.role=emperor&f.group=x&sort=mood')).toEqual({
    limit: 50,
    page: 1,
    search: '',
    filter: {},
  });
});
