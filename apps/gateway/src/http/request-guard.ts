/**
 * What is refused before anybody asks who it is: requests that another site makes a browser send, and bodies that a form
 * could send. The session's cookie is SameSite=Strict; this is the second lock on the same door.
 */
import type { IncomingMessage } from 'node:http';
import { BasaltError, both } from '@basalt/contract';

export const BODY_MAX = 1024 * 1024;

/** Clients that are no browsers send no Origin; this header, which no form can set, stands in for it. */
const CLIENT_HEADER = 'x-basalt-client';

const isSafe = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

/** @throws BasaltError crossSite. */
export function originCheck(request: IncomingMessage, allowed: ReadonlySet<string>): void {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin !== undefined && !allowed.has(origin)) throw new BasaltError('crossSite');
  const isLink = isSafe(request.method) && request.headers['sec-fetch-mode'] === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && !isLink) throw new BasaltError('crossSite');
  if (isSafe(request.method) || origin !== undefined || site === 'same-origin') return;
  if (request.headers[CLIENT_HEADER] === undefined) throw new BasaltError('crossSite');
}

/** @throws BasaltError invalidInput, payloadTooLarge. A body tells its length and is JSON. */
export function bodyCheck(request: IncomingMessage): void {
  const { 'content-length': length, 'transfer-encoding': encoding, 'content-type': type } = request.headers;
  if (encoding !== undefined)
    throw new BasaltError('invalidInput', {
      field: 'content-length',
      rule: both('请求须声明长度', 'a body must tell its length'),
    });
  const size = Number(length ?? 0);
  if (size === 0) return;
  if (!/^application\/json\s*(;\s*charset=utf-8\s*)?$/iu.test(type ?? ''))
    throw new BasaltError('invalidInput', {
      field: 'content-type',
      rule: both('应为 application/json', 'must be application/json'),
    });
  if (!(size <= BODY_MAX)) throw new BasaltError('payloadTooLarge', { max: '1 MiB' });
}
