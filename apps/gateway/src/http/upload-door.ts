/** `PUT /api/v1/regions/{region}/images/{id}/content`: bytes go through as they come; the region's pace is the browser's. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { z } from 'zod';
import { BasaltError, both, errorShape, imageId, regionPaths } from '@basalt/contract';
import { signatureInvalid } from '../identity/signature-check.ts';
import type { Parts } from '../parts.ts';
import { linkError, regionGranted } from '../regions/region-call.ts';
import { accessCheck } from './authorise.ts';
import type { GatewayContext } from './context.ts';
import { answerSend } from './error-answer.ts';
import { declaredHash } from './signed-request.ts';

const PART_MAX = 16 * 1024 * 1024;
const STALL_MS = 60_000;

function partOf(request: IncomingMessage, id: string): { id: string; offset: string; length: number } {
  const refuse = (field: string, zh: string, en: string): never => {
    throw new BasaltError('invalidInput', { field, rule: both(zh, en) }, { field });
  };
  const image = imageId.safeParse(id);
  const offset = new URL(request.url ?? '/', 'http://gateway').searchParams.get('offset') ?? '';
  if (!/^\d{1,15}$/u.test(offset)) refuse('offset', '应为非负整数', 'must be a whole number');
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(length)) refuse('content-length', '请求须声明长度', 'a body must tell its length');
  if (length > PART_MAX) throw new BasaltError('payloadTooLarge', { max: '16 MiB' });
  return { id: image.data ?? refuse('id', '无效', 'not an id'), offset, length };
}

const refusal = z.object({ error: errorShape });

/**
 * Lets a part through and holds its last bytes back until the whole is what was signed: a part that is not never ends, and
 * the region counts only parts that do.
 */
function hashedBody(expected: string): Transform {
  const hash = createHash('sha256');
  let held: Buffer | null = null;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      if (held) this.push(held);
      held = chunk;
      next();
    },
    flush(done) {
      if (hash.digest('hex') !== expected)
        return done(
          signatureInvalid('内容与所声明的 SHA-256 不符', 'the content is not what its declared SHA-256 says'),
        );
      done(null, held);
    },
  });
}

/** What the region says against a part, in our own form. */
function refusalOf(body: string, status: number): BasaltError {
  try {
    return BasaltError.fromShape(refusal.parse(JSON.parse(body)).error);
  } catch (cause) {
    return new BasaltError('unavailable', {}, { cause, detail: `the region answered an upload with ${status}` });
  }
}

/**
 * Passes one part on and the region's answer back.
 * @throws BasaltError before an answer was begun; the rest of the body is then not read.
 */
export async function imageUpload(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly region: string; readonly id: string },
  ctx: GatewayContext,
): Promise<void> {
  accessCheck({ name: 'image.content', procedure: { access: 'image:upload', kind: 'mutation' }, ctx });
  if (!ctx.session) throw new BasaltError('notSignedIn');
  const link = regionGranted(parts, ctx, target.region);
  const { id, offset, length } = partOf(request, target.id);

  const hash = ctx.session.apiKeyId ? declaredHash(request) : null;
  const stop = new AbortController();
  let seen = -1;
  const watch = setInterval(() => {
    if (request.socket.bytesRead === seen) stop.abort(new Error('the upload stalled'));
    seen = request.socket.bytesRead;
  }, STALL_MS);
  response.once('close', () => stop.abort());
  try {
    const reply = await link.streams.request({
      origin: link.origin,
      path: `${regionPaths.upload}/${id}/content?offset=${offset}`,
      method: 'PUT',
      headers: {
        authorization: await parts.vouch(link.key, ctx.session, ctx, 'mutation'),
        'content-type': 'application/octet-stream',
        'content-length': String(length),
        'x-request-id': ctx.requestId,
      },
      body: hash === null ? request : request.pipe(hashedBody(hash)),
      headersTimeout: 300_000,
      bodyTimeout: 30_000,
      signal: stop.signal,
    });
    const body = await reply.body.text();
    if (reply.statusCode !== 200) throw refusalOf(body, reply.statusCode);
    answerSend(response, { status: 200, body }, ctx);
  } catch (error) {
    throw linkError(link, error);
  } finally {
    clearInterval(watch);
  }
}
