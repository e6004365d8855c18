'use client';
import { useMutation } from '@tanstack/react-query';
import { useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { seeAsSet } from './see-as.ts';

/** Ends the session and leaves with a full load, so that nothing of it stays in memory. */
export function useSignOut(): () => void {
  const trpc = useTRPC();
  const { mutate } = useMutation(
    trpc.session.signOut.mutationOptions({ onSettled: () => window.location.assign(paths.signIn()) }),
  );
  return () => {
    // Signing out is one's own act, whoever one sees as.
    seeAsSet(null);
    mutate({});
  };
}
