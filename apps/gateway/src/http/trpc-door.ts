/**
 * `/api/trpc`. Plain calls and batches take a short way: authorised here, and a region's answer is passed back as the text
 * it is. Streamed batches go through tRPC's own adapter. Both ask the same `authorise`.
 */
import type { IncomingMessage } from 'node:http';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { AnyTRPCRouter } from '@trpc/server';
import { BasaltError, both, procedures, type Procedure, type ProcedureTree } from '@basalt/contract';
import { routerBuild, type Handler, type Handlers } from '@basalt/rpc';
import type { Parts } from '../parts.ts';
import { regionForward, regionProcedure } from '../regions/region-forward.ts';
import { replyData } from '../regions/region-call.ts';
import { authorise } from './authorise.ts';
import type { GatewayContext } from './context.ts';
import { ownProcedures, type OwnDeeds } from './own-call.ts';
import { jsonRead } from './json-read.ts';
import { trpcError, type Answer } from './error-answer.ts';

export const TRPC_PATH = '/api/trpc';
const BATCH_MAX = 20;

export interface TrpcRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  /** Given where an answer in parts is wanted; see {@link wantsParts}. */
  readonly headers?: Headers;
  readonly body: string | null;
}

/** Whether a request wants the answers of a batch as they come. */
export const wantsParts = ({ headers }: IncomingMessage): boolean => headers['trpc-accept'] !== undefined;

function trpcRouter(parts: Parts, mine: ReturnType<typeof ownProcedures>): AnyTRPCRouter {
  const tree: ProcedureTree = procedures;
  const handlers: Handlers<ProcedureTree, GatewayContext> = Object.fromEntries(
    Object.entries(tree).map(([area, verbs]) => [
      area,
      Object.fromEntries(
        Object.entries(verbs).map(([verb, procedure]) => {
          const name = `${area}.${verb}`;
          const handler: Handler<Procedure, GatewayContext> = async ({ input, ctx }) =>
            mine.get(name)?.run(input, ctx) ?? replyData(await regionForward(parts, { name, procedure, ctx, input }));
          return [verb, handler];
        }),
      ),
    ]),
  );
  return routerBuild(tree, handlers, {
    authorise: (call) => authorise(parts, call),
    onError: ({ name, error, ctx }) =>
      parts.log.error({ error, procedure: name, requestId: ctx.requestId }, 'a call failed'),
  });
}

/** The raw (still encoded) value of one query parameter, or undefined. */
function parameterOf(query: string, name: string): string | undefined {
  for (const part of query.split('&')) if (part.startsWith(`${name}=`)) return part.slice(name.length + 1);
  return undefined;
}

const decode = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch (cause) {
    throw new BasaltError('invalidInput', { field: 'input', rule: both('编码无效', 'badly encoded') }, { cause });
  }
};

export function trpcDoor(parts: Parts, own: OwnDeeds) {
  const mine = ownProcedures(parts, own);
  const router = trpcRouter(parts, mine);

  const one = async (
    name: string,
    method: string,
    ctx: GatewayContext,
    input: unknown,
    encoded?: string,
  ): Promise<Answer> => {
    try {
      const own = mine.get(name);
      const procedure = own?.procedure ?? regionProcedure(name);
      if (!procedure) throw new BasaltError('notFound', { kind: 'procedure' });
      if ((method === 'GET') !== (procedure.kind === 'query'))
        throw new BasaltError('invalidInput', {
          field: 'request',
          rule: both('请求方法不符', 'the other method is meant'),
        });
      await authorise(parts, { name, procedure, ctx });
      if (own) return { status: 200, body: JSON.stringify({ result: { data: await own.run(input, ctx) } }) };
      return await regionForward(parts, { name, procedure, ctx, input, ...(encoded === undefined ? {} : { encoded }) });
    } catch (error) {
      if (!(error instanceof BasaltError) || error.code === 'internal')
        parts.log.error({ error, procedure: name, requestId: ctx.requestId }, 'a call failed');
      return trpcError(error, ctx, name);
    }
  };

  const short = async (
    names: readonly string[],
    request: TrpcRequest,
    query: string,
    ctx: GatewayContext,
  ): Promise<Answer> => {
    const encoded = parameterOf(query, 'input');
    const text = request.method === 'GET' ? (encoded === undefined ? '{}' : decode(encoded)) : request.body || '{}';
    const input = jsonRead(text, 'input');
    const [name = ''] = names;
    if (parameterOf(query, 'batch') !== '1')
      return one(name, request.method, ctx, input, request.method === 'GET' ? encoded : undefined);
    const inputs = new Map(Object.entries(typeof input === 'object' && input !== null ? input : {}));
    const answers = await Promise.all(names.map((each, i) => one(each, request.method, ctx, inputs.get(String(i)))));
    const [first] = answers;
    const status = first && answers.every((answer) => answer.status === first.status) ? first.status : 207;
    return { status, body: `[${answers.map(({ body }) => body.toString()).join(',')}]` };
  };

  const handle = async (request: TrpcRequest, ctx: GatewayContext): Promise<Answer | Response> => {
    const mark = request.url.indexOf('?');
    const path = mark < 0 ? request.url : request.url.slice(0, mark);
    const query = mark < 0 ? '' : request.url.slice(mark + 1);
    const names = decode(path.slice(TRPC_PATH.length + 1)).split(',');
    if (names.length > BATCH_MAX)
      throw new BasaltError('invalidInput', {
        field: 'batch',
        rule: both(`最多 ${BATCH_MAX} 个`, `at most ${BATCH_MAX} calls`),
      });
    if (!request.headers) return short(names, request, query, ctx);
    if (request.body) jsonRead(request.body, 'input');
    return fetchRequestHandler({
      endpoint: TRPC_PATH,
      req: new Request(new URL(request.url, 'http://gateway'), {
        method: request.method,
        headers: request.headers,
        ...(request.body === null ? {} : { body: request.body }),
      }),
      router,
      createContext: () => ctx,
      responseMeta: () => {
        const headers = new Headers({ 'x-request-id': ctx.requestId });
        for (const cookie of ctx.cookies) headers.append('set-cookie', cookie);
        return { headers };
      },
    });
  };

  /** Answers a request whose origin and body have been checked. */
  return async (request: TrpcRequest, ctx: GatewayContext): Promise<Answer | Response> => {
    try {
      return await handle(request, ctx);
    } catch (error) {
      return trpcError(error, ctx);
    }
  };
}
