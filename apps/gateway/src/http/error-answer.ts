import type { ServerResponse } from 'node:http';
import { BasaltError, type Locale } from '@basalt/contract';
import { basaltErrorOf } from '@basalt/rpc';
import { databaseIsAway } from '../store/database.ts';

interface Reader {
  readonly locale: Locale;
  readonly requestId: string;
}

export interface Answer {
  readonly status: number;
  /** Seconds after which to try again. */
  readonly retryAfter?: number;
  /** JSON. */
  readonly body: string | Buffer;
}

/** One of the closed set. A database that is away makes a call unavailable, not broken. */
export function errorOf(error: unknown): BasaltError {
  if (!(error instanceof BasaltError) && databaseIsAway(error))
    return new BasaltError('unavailable', {}, { cause: error });
  return basaltErrorOf(error);
}

const retryOf = ({ code, params, retryable }: BasaltError): Pick<Answer, 'retryAfter'> => {
  if (code === 'tooManyRequests') return { retryAfter: Number(params['seconds'] ?? 1) };
  return retryable ? { retryAfter: 1 } : {};
};

/** As REST tells an error: the shape itself. */
export function restError(error: unknown, { locale, requestId }: Reader): Answer {
  const found = errorOf(error);
  return { status: found.status, body: JSON.stringify(found.shape(locale, requestId)), ...retryOf(found) };
}

const jsonRpcCodes: Readonly<Record<number, number>> = {
  400: -32_600,
  401: -32_001,
  403: -32_003,
  404: -32_004,
  409: -32_009,
  429: -32_029,
};

/** As tRPC tells it, for what is refused before a router sees it. */
export function trpcError(error: unknown, { locale, requestId }: Reader, path?: string): Answer {
  const found = errorOf(error);
  const basalt = found.shape(locale, requestId);
  const data = { code: found.code, httpStatus: found.status, ...(path === undefined ? {} : { path }), basalt };
  return {
    status: found.status,
    ...retryOf(found),
    body: JSON.stringify({ error: { message: basalt.message, code: jsonRpcCodes[found.status] ?? -32_603, data } }),
  };
}

/** Writes an answer to the socket in one go; cheaper than a Response, and most answers of the door are no more than this. */
export function answerSend(
  response: ServerResponse,
  { status, body, retryAfter }: Answer,
  { requestId, cookies = [] }: { readonly requestId?: string; readonly cookies?: readonly string[] } = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(requestId ? { 'x-request-id': requestId } : {}),
    ...(cookies.length > 0 ? { 'set-cookie': [...cookies] } : {}),
  });
  response.end(body);
}
