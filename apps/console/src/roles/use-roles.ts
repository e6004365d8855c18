'use client';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/api/client.ts';
import { can, useConsole } from '@/session/session.tsx';

/** All roles, built-in first; for pickers and the side panel. */
export function useRoles(enabled = true) {
  const trpc = useTRPC();
  const { session } = useConsole();
  return useQuery(trpc.role.list.queryOptions({ limit: 200 }, { enabled: enabled && can(session, 'role:read') }));
}
