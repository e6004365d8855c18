/** Typed service-to-service clients over tRPC's HTTP protocol, with a deadline on every call. */
import { createTRPCUntypedClient, httpLink, TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { BasaltError, errorShape } from '@basalt/contract';
import type { CallableTree, CallOptions, Client } from './types.ts';

export interface ClientOptions {
  readonly url: string;
  /** Brings mutual TLS; see `@basalt/service`. */
  readonly fetch: (
    url: string,
    init: { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal },
  ) => Promise<{ ok: boolean; status: number; json(): Promise<unknown> }>;
  readonly headers?: () => Record<string, string>;
  /** Milliseconds for a call; by name, else the default of 15 000. */
  readonly deadline?: (name: string) => number;
  /** Makes the error for a call that got no answer (`timedOut`: the deadline passed). */
  readonly unreachable: (timedOut: boolean, seconds: number, cause: unknown) => BasaltError;
}

/** The error the other side gave, if the failure carries one. */
export function remoteErrorOf(error: unknown): BasaltError | null {
  if (!(error instanceof TRPCClientError)) return null;
  const shape = errorShape.safeParse((error.shape as { data?: { basalt?: unknown } } | undefined)?.data?.basalt);
  return shape.success ? BasaltError.fromShape(shape.data) : null;
}

export function clientBuild<T extends CallableTree>(tree: T, options: ClientOptions): Client<T> {
  const client = createTRPCUntypedClient<AnyTRPCRouter>({
    links: [
      httpLink({
        url: options.url,
        fetch: options.fetch as typeof fetch,
        ...(options.headers ? { headers: options.headers } : {}),
      }),
    ],
  });
  const call = async (
    kind: 'query' | 'mutation',
    name: string,
    input: unknown,
    given: CallOptions | undefined,
  ): Promise<unknown> => {
    const ms = options.deadline?.(name) ?? 15_000;
    const deadline = AbortSignal.timeout(ms);
    const signal = given?.signal ? AbortSignal.any([given.signal, deadline]) : deadline;
    try {
      return await (kind === 'query'
        ? client.query(name, input, { signal })
        : client.mutation(name, input, { signal }));
    } catch (error) {
      throw remoteErrorOf(error) ?? options.unreachable(deadline.aborted, Math.round(ms / 1000), error);
    }
  };
  return Object.fromEntries(
    Object.entries(tree).map(([area, procedures]) => [
      area,
      Object.fromEntries(
        Object.entries(procedures).map(([verb, p]) => [
          verb,
          (input: unknown, given?: CallOptions) => call(p.kind, `${area}.${verb}`, input, given),
        ]),
      ),
    ]),
  ) as Client<T>;
}
