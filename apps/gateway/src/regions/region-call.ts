/**
 * Calls that go on to a region. The region's answer is passed through as the bytes it is: region and gateway speak the same
 * protocol, so nothing is parsed here that need not be.
 */
import { BasaltError, errorShape, regionPaths, type Procedure } from '@basalt/contract';
import { z } from 'zod';
import type { GatewayContext } from '../http/context.ts';
import type { Parts } from '../parts.ts';
import { exchange } from './exchange.ts';
import { heldOf } from './held-answers.ts';
import type { RegionLink } from './region-registry.ts';

export interface RegionReply {
  readonly status: number;
  /** JSON: `{"result":{"data":…}}` or `{"error":{…}}`. */
  readonly body: Buffer;
}

/** @throws BasaltError notFound when there is no such region or it is not granted: the two must look alike. */
export function regionGranted(parts: Parts, ctx: GatewayContext, key: unknown): RegionLink {
  const link = typeof key === 'string' ? parts.regions.get(key) : undefined;
  const granted = ctx.session?.regions;
  if (!link || (granted && !granted.has(link.key))) throw new BasaltError('notFound', { kind: 'region' });
  return link;
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** What a call that got no answer means to the caller. */
export function linkError(link: RegionLink, error: unknown): BasaltError {
  if (error instanceof BasaltError) return error;
  const timedOut = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/u.test(codeOf(error));
  return timedOut
    ? new BasaltError('timedOut', {}, { cause: error })
    : new BasaltError('regionUnreachable', { region: link.name }, { cause: error });
}

export interface RegionCall {
  readonly name: string;
  readonly procedure: Procedure;
  readonly ctx: GatewayContext;
  readonly link: RegionLink;
  /** JSON text of the input. */
  readonly input: string;
  /** The same as it already stands encoded in the request's URL, if it does. */
  readonly encoded?: string;
}

/** @throws BasaltError notSignedIn, regionUnreachable, timedOut. Refusals of the region are answers, not exceptions. */
export async function regionCall(parts: Parts, call: RegionCall): Promise<RegionReply> {
  const { name, procedure, ctx, link } = call;
  if (!ctx.session) throw new BasaltError('notSignedIn');
  const authorization = await parts.vouch(link.key, ctx.session, ctx, procedure.kind);
  const deadline = procedure.deadline ?? 15_000;
  const isQuery = procedure.kind === 'query';
  const path = isQuery
    ? `${regionPaths.rpc}/${name}?input=${call.encoded ?? encodeURIComponent(call.input)}`
    : `${regionPaths.rpc}/${name}`;
  const held = isQuery ? heldOf(link) : null;
  const send = async (): Promise<RegionReply> => {
    const had = held?.find(authorization, path);
    const answer = await exchange(link.agent, {
      origin: link.origin,
      path,
      method: isQuery ? 'GET' : 'POST',
      headers: {
        authorization,
        'x-request-id': ctx.requestId,
        ...(had ? { 'if-none-match': had.etag } : {}),
        ...(isQuery ? {} : { 'content-type': 'application/json' }),
      },
      headersTimeout: deadline,
      bodyTimeout: deadline,
      ...(isQuery ? {} : { body: call.input }),
    });
    // it does not believe our assertion: clocks or keys differ, and signing in again would not help the user
    if (answer.status === 401)
      throw new BasaltError(
        'unavailable',
        {},
        { detail: `${link.key} refused the assertion: ${answer.body.toString('utf8', 0, 500)}` },
      );
    if (answer.status === 304 && had) return { status: 200, body: had.body };
    if (answer.status === 200 && answer.etag) held?.hold(authorization, path, answer.etag, answer.body);
    return answer;
  };
  try {
    return await send();
  } catch (error) {
    // a kept connection that the region closed meanwhile; a read may simply be sent again
    if (isQuery && /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/u.test(codeOf(error))) {
      try {
        return await send();
      } catch (again) {
        throw linkError(link, again);
      }
    }
    throw linkError(link, error);
  }
}

const success = z.object({ result: z.object({ data: z.unknown() }) });
const failure = z.object({ error: z.object({ data: z.object({ basalt: errorShape }) }) });

/**
 * The data of a reply.
 * @throws BasaltError what the region answered; `internal` when it answered something else.
 */
export function replyData(reply: RegionReply): unknown {
  let body: unknown;
  try {
    body = JSON.parse(reply.body.toString());
  } catch (cause) {
    throw new BasaltError('internal', {}, { cause, detail: `the region answered ${reply.status} without JSON` });
  }
  const refused = failure.safeParse(body);
  if (refused.success) throw BasaltError.fromShape(refused.data.error.data.basalt);
  const given = success.safeParse(body);
  if (given.success) return given.data.result.data;
  throw new BasaltError('internal', {}, { detail: `the region answered ${reply.status} in no form that is known` });
}

const HEAD = Buffer.from('{"result":{"data":');
const END = '}'.codePointAt(0);

/** The JSON of a reply's data, cut out without parsing where it has the usual form. @throws as {@link replyData}. */
export function replyDataBytes({ status, body }: RegionReply): Buffer {
  const isUsual =
    status === 200 && HEAD.equals(body.subarray(0, HEAD.length)) && body.at(-1) === END && body.at(-2) === END;
  return isUsual ? body.subarray(HEAD.length, -2) : Buffer.from(JSON.stringify(replyData({ status, body }) ?? null));
}
