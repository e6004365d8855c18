/** Pages come from the console's own server on loopback. It gets no session: what pages show, they ask the API for. */
import { randomBytes } from 'node:crypto';
import {
  Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream';
import type { Parts } from '../parts.ts';
import { cookiesWithout } from './cookies.ts';
import { pagePolicy, securityHeadersSet } from './security-headers.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const own = new Set([
  'content-security-policy',
  'content-security-policy-report-only',
  'x-powered-by',
  'x-frame-options',
  'strict-transport-security',
]);

/** Next trusts some headers of its own; a client's must not reach it. */
const isForged = (name: string): boolean =>
  name.startsWith('x-middleware-') ||
  name.startsWith('x-forwarded-') ||
  name === 'x-nonce' ||
  name.startsWith('content-security-policy');

function requestHeaders(parts: Parts, request: IncomingMessage, nonce: string, policy: string): IncomingHttpHeaders {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !hopByHop.has(name) && !isForged(name) && name !== 'cookie'),
  );
  const cookie = cookiesWithout(request.headers.cookie, parts.cookieName);
  return {
    ...headers,
    ...(cookie === undefined ? {} : { cookie }),
    'x-nonce': nonce,
    'content-security-policy': policy,
    'x-forwarded-proto': parts.secure ? 'https' : 'http',
    'x-forwarded-host': request.headers.host,
  };
}

const unavailable =
  'The console is starting or not available; this page may be loaded again in a moment.\n控制台正在启动或暂不可用，请稍后刷新。\n';

/** Passes a request for a page or its parts on to CONSOLE_UPSTREAM. Only GET and HEAD: pages change nothing. */
export function pageProxy(parts: Parts, request: IncomingMessage, response: ServerResponse): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = pagePolicy(nonce);
  securityHeadersSet(response, parts.secure, policy);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain' }).end();
    return;
  }
  const fail = (): void => {
    if (response.headersSent) return void response.destroy();
    response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2' }).end(unavailable);
  };
  const { consoleUpstream } = parts;
  if (!consoleUpstream) return fail();
  const send = (): void => {
    const upstream = httpRequest(
      {
        agent,
        host: consoleUpstream.hostname,
        port: consoleUpstream.port,
        path: request.url,
        method: request.method,
        headers: requestHeaders(parts, request, nonce, policy),
        timeout: 30_000,
      },
      (answer) => {
        for (const [name, value] of Object.entries(answer.headers))
          if (value !== undefined && !hopByHop.has(name) && !own.has(name)) response.setHeader(name, value);
        response.writeHead(answer.statusCode ?? 502);
        pipeline(answer, response, () => undefined);
      },
    );
    upstream.once('timeout', () => upstream.destroy(new Error('no answer')));
    upstream.once('error', (error: NodeJS.ErrnoException) => {
      if (response.destroyed) return;
      // a kept connection that the other side closed in the same moment; each such one fails once, a new one does not
      if (upstream.reusedSocket && !response.headersSent && /^(ECONNRESET|EPIPE)$/u.test(error.code ?? ''))
        return send();
      parts.log.warn({ error, path: request.url }, 'the console’s server did not answer');
      fail();
    });
    response.once('close', () => upstream.destroy());
    upstream.end();
  };
  send();
}
