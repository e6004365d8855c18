/** The form in which calls are answered: what tRPC's clients read, written without tRPC. */
import type { BasaltError, Locale } from '@basalt/contract';
import type { WireError } from './types.ts';

/** tRPC's names and numbers for statuses. */
const codes: Readonly<Record<number, readonly [name: string, code: number]>> = {
  400: ['BAD_REQUEST', -32_600],
  401: ['UNAUTHORIZED', -32_001],
  403: ['FORBIDDEN', -32_003],
  404: ['NOT_FOUND', -32_004],
  409: ['CONFLICT', -32_009],
  413: ['PAYLOAD_TOO_LARGE', -32_013],
  423: ['TOO_MANY_REQUESTS', -32_029],
  429: ['TOO_MANY_REQUESTS', -32_029],
  502: ['BAD_GATEWAY', -32_603],
  503: ['SERVICE_UNAVAILABLE', -32_603],
  504: ['GATEWAY_TIMEOUT', -32_603],
};

/** Text of the answer to the call `path` that failed. */
export function wireErrorText(
  error: BasaltError,
  { locale, requestId }: { readonly locale: Locale; readonly requestId: string },
  path: string,
): string {
  const basalt = error.shape(locale, requestId);
  const [code, number] = codes[error.status] ?? ['INTERNAL_SERVER_ERROR', -32_603];
  const wire: WireError = {
    message: basalt.message,
    code: number,
    data: { code, httpStatus: error.status, path, basalt },
  };
  return JSON.stringify({ error: wire });
}

export const wireDataText = (data: unknown): string => JSON.stringify({ result: { data } });
