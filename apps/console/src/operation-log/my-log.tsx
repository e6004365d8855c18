'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/api/client.ts';
import { useListState } from '@/list-state.ts';
import { LogList } from './log-list.tsx';
import { logFilterOf } from './log-query.ts';
import styles from './operation-log.module.css';
import { useMinute } from './use-minute.ts';

/** What I did, and what was tried in my name. */
export function MyLog() {
  const trpc = useTRPC();
  const now = useMinute();
  const [state, setState] = useListState();
  const { accountId: _me, ...filter } = logFilterOf(state, now);
  const query = useQuery(
    trpc.myAccount.log.queryOptions(
      { limit: state.size, page: state.page, search: state.search, filter },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <LogList
      header={<div className={styles.space} />}
      state={state}
      onState={setState}
      query={query}
      withOperator={false}
    />
  );
}
