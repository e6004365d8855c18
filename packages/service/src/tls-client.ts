/** HTTP to other services over mutual TLS. Apart from tls.ts because whoever only serves needs no client. */
import { Agent, request } from 'undici';
import { mtlsClientOptions, type MtlsPeer } from './tls.ts';

/** Keep-alive HTTP/1.1 pool for {@link rpcFetch}. */
export const mtlsAgent = (peer: MtlsPeer, connections = 32): Agent =>
  new Agent({ connections, connect: { ...mtlsClientOptions(peer), timeout: 5_000 }, keepAliveTimeout: 30_000 });

/** The fetch that `clientBuild` of @basalt/rpc wants, over undici's cheaper `request`. */
export const rpcFetch =
  (dispatcher: Agent) =>
  async (
    url: string,
    init: { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal },
  ) => {
    const answer = await request(url, {
      dispatcher,
      method: (init.method ?? 'GET') as 'GET' | 'POST',
      headers: init.headers ?? {},
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(init.signal ? { signal: init.signal } : {}),
    });
    return { ok: answer.statusCode < 400, status: answer.statusCode, json: () => answer.body.json() };
  };
