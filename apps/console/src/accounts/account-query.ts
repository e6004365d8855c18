/** The state of the list in its address as the contract's query, and back into words by the page. */
import { accountGroupId, accountLevel, roleRef, type procedures } from '@basalt/contract';
import { z } from 'zod';
import { sortOf, valuesOf } from '@/list/sort-of.ts';
import type { ListState } from '@/list-state.ts';
import { accountStates } from './account-state.ts';

export type AccountQuery = z.input<(typeof procedures)['account']['list']['input']>;

const stateSchema = z.enum(accountStates);
const sortFields = ['name', 'email', 'createdAt', 'lastSignInAt'] as const;

/** What the address asks for; conditions that nobody knows are left out. */
export function accountListQuery(state: ListState): AccountQuery {
  const sort = sortOf(state.sort, sortFields);
  const states = valuesOf(state.filter['state'], stateSchema);
  const level = valuesOf(state.filter['level'], accountLevel);
  const role = valuesOf(state.filter['role'], roleRef)?.[0];
  const groupId = valuesOf(state.filter['group'], accountGroupId)?.[0];
  return {
    limit: state.size,
    page: state.page,
    search: state.search,
    ...(sort ? { sort } : {}),
    filter: {
      ...(states ? { state: states } : {}),
      ...(level ? { level } : {}),
      ...(role === undefined ? {} : { role }),
      ...(groupId === undefined ? {} : { groupId }),
    },
  };
}
