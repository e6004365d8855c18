/** HTTP to other services over mutual TLS. Apart from tls.ts because whoever only serves needs no client. */
import { createSecureContext, type SecureContext } from 'node:tls';
import { Agent, request } from 'undici';
import { mtlsClientOptions, type MtlsPeer } from './tls.ts';

/**
 * Certificate, key and authority read once, for whoever dials many: otherwise each connection has its own copy, some forty
 * kilobytes outside the heap that stay until the next large collection.
 */
export const mtlsContext = ({ own, ca }: Pick<MtlsPeer, 'own' | 'ca'>): SecureContext =>
  createSecureContext({ cert: own.certificate, key: own.key, ca, minVersion: 'TLSv1.3' });

/**
 * Keep-alive HTTP/1.1 pool for {@link rpcFetch}.
 * @param context of {@link mtlsContext}, made of the same certificates; then no sessions are kept for resumption either
 */
export const mtlsAgent = (peer: MtlsPeer, connections = 32, context?: SecureContext): Agent =>
  new Agent({
    connections,
    connect: {
      ...mtlsClientOptions(peer),
      timeout: 5_000,
      ...(context ? { secureContext: context, maxCachedSessions: 0 } : {}),
    },
    keepAliveTimeout: 30_000,
  });

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
