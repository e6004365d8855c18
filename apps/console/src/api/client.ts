/** The tRPC client of the browser: same origin, session in a cookie, types from the contract only. */
import type { AppRouter } from '@basalt/rpc';
import { createTRPCClient, httpBatchLink, httpLink, splitLink, type TRPCClient } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { endpoints } from '@/paths.ts';
import { userPresent } from '@/session/activity.ts';
import { seeAsHeaders } from '@/session/see-as.ts';

/** No call hangs for ever: the gateway gives up after at most this, and so do we. */
const deadline = 60_000;

const withDeadline: typeof fetch = (url, init) => {
  const limit = AbortSignal.timeout(deadline);
  return fetch(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit });
};

/** Context of a call that no action of the user caused: it keeps no session alive, as any other while nobody is there. */
export const background = { background: true } as const;

/** Mutations go alone, because they set cookies and are logged one by one; queries of one page go together. */
export function createClient(): TRPCClient<AppRouter> {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => op.context['background'] === true || !userPresent(),
        true: httpLink({
          url: endpoints.trpc,
          fetch: withDeadline,
          headers: () => ({ 'x-basalt-background': '1', ...seeAsHeaders() }),
        }),
        false: splitLink({
          condition: (op) => op.type === 'mutation',
          true: httpLink({ url: endpoints.trpc, fetch: withDeadline, headers: seeAsHeaders }),
          false: httpBatchLink({
            url: endpoints.trpc,
            fetch: withDeadline,
            headers: seeAsHeaders,
            maxItems: 10,
            maxURLLength: 4000,
          }),
        }),
      }),
    ],
  });
}

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();
