'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { inferOutput } from '@trpc/tanstack-react-query';
import { useTRPC } from '@/api/client.ts';

/** The own account, and how to read it again after a change. */
export function useMyAccount() {
  const trpc = useTRPC();
  const client = useQueryClient();
  const account = useQuery(trpc.myAccount.get.queryOptions({}));
  return {
    account,
    reread: () => {
      void client.invalidateQueries({ queryKey: trpc.myAccount.pathKey() });
      void client.invalidateQueries({ queryKey: trpc.session.current.pathKey() });
    },
  };
}

export type MyAccount = inferOutput<ReturnType<typeof useTRPC>['myAccount']['get']>;
