import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { endedReasonKeep } from '@/auth/ended-reason.ts';
import { endedReason, isSignedOut, shapeOf } from './errors.ts';

/** A query client that hands a lost session to `onSignedOut` and tries again only what may help. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const watch = (error: unknown) => {
    const reason = endedReason(error);
    if (reason !== null) endedReasonKeep(reason);
    if (isSignedOut(error)) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        // Live events keep what is shown fresh; this is for coming back to a page.
        staleTime: 15_000,
        refetchOnWindowFocus: true,
        retry: (count, error) => count < 2 && (shapeOf(error)?.retryable ?? true),
      },
      mutations: { retry: false },
    },
  });
}
