/** Requests that are signed with an API key (IAM-15): who sent them, and how often he may. Programs send these, no pages. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BasaltError, CONTENT_HASH_HEADER, EMPTY_HASH } from '@basalt/contract';
import type { RateLimit } from '../identity/rate-limit.ts';
import { signatureInvalid } from '../identity/signature-check.ts';
import type { SignedIn } from '../identity/signed-in.ts';
import type { Parts } from '../parts.ts';
import { addressOf } from './client-address.ts';

/** Hex SHA-256 of the body's bytes; asked once the header has been found to be well-formed and of now. */
export type BodyHash = () => Promise<string>;

export const hashOf = (body: ArrayBuffer | null): string =>
  body === null ? EMPTY_HASH : createHash('sha256').update(new Uint8Array(body)).digest('hex');

/** What an upload says its part is; compared with the bytes while they pass. @throws BasaltError signatureInvalid. */
export function declaredHash(request: IncomingMessage): string {
  const declared = request.headers[CONTENT_HASH_HEADER];
  if (typeof declared === 'string' && /^[0-9a-f]{64}$/u.test(declared)) return declared;
  throw signatureInvalid(
    `上传须以 ${CONTENT_HASH_HEADER} 声明内容的 SHA-256（十六进制）`,
    `an upload declares the hex SHA-256 of its content in ${CONTENT_HASH_HEADER}`,
  );
}

/** @throws BasaltError signatureInvalid and what else refuses the key's account; tooManyRequests. */
export async function signerOf(
  parts: Parts,
  request: IncomingMessage,
  hasCookie: boolean,
  bodyHash: BodyHash,
): Promise<SignedIn> {
  if (hasCookie)
    throw signatureInvalid('会话 Cookie 与签名不能同时使用', 'send a session’s cookie or a signature, not both');
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const address = addressOf(parts, request);
  return parts.apiKeys.resolve({
    authorization: request.headers.authorization ?? '',
    method: request.method ?? '',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    bodyHash,
    address,
    guessAllowed: () => {
      const seconds = parts.limits.anonymous.take(address);
      if (seconds > 0) throw new BasaltError('tooManyRequests', { seconds });
    },
  });
}

/**
 * Takes one request of a key's rate and says in the answer's header how many are left.
 * @throws BasaltError tooManyRequests.
 */
export function keyRateCheck(limit: RateLimit, key: string, response: ServerResponse): void {
  const seconds = limit.take(key);
  response.setHeader('ratelimit-policy', `"key";q=${limit.count};w=${limit.seconds}`);
  response.setHeader('ratelimit', `"key";r=${limit.left(key)};t=${Math.max(1, seconds)}`);
  if (seconds > 0) throw new BasaltError('tooManyRequests', { seconds });
}
