/**
 * `/v1/rpc/<area>.<verb>`: tRPC's protocol for plain calls, answered without its adapter, which costs more than most of our
 * calls do. One question before every handler: may this actor, in this region.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BasaltError, both, regionProcedures, type Procedure } from '@basalt/contract';
import { basaltErrorOf, inputParse, wireDataText, wireErrorText, type Handlers } from '@basalt/rpc';
import { accessDemand } from '../domain/access.ts';
import type { Context } from '../domain/context.ts';
import { refusalLog } from '../domain/mutate.ts';
import { permissionMissing, reachOf } from '../domain/rights.ts';
import { routes } from '../routes/index.ts';
import { sequenceNow } from '../store/page.ts';
import { KeptAnswers, tagOf } from './kept-answers.ts';
import { bodyJson, respondTagged, respondText } from './respond.ts';

const BODY_MOST = 1024 * 1024;
/** Lists of which everything that is shown is told as a change when it changes. */
const keptLists: ReadonlySet<string> = new Set(['vm.list']);

type Run = (call: {
  readonly input: unknown;
  readonly ctx: Context;
  readonly signal: AbortSignal | undefined;
}) => Promise<unknown>;

interface Call {
  readonly procedure: Procedure;
  readonly run: Run;
}

/** Every declared procedure with its handler; a missing handler does not compile, so none is missing here. */
function callsOf(handlers: Handlers<typeof regionProcedures, Context>): ReadonlyMap<string, Call> {
  const table: Readonly<Record<string, Readonly<Record<string, unknown>>>> = handlers;
  return new Map(
    Object.entries(regionProcedures).flatMap(([area, verbs]) =>
      Object.entries(verbs).map(([verb, procedure]: [string, Procedure]): [string, Call] => [
        `${area}.${verb}`,
        { procedure, run: table[area]?.[verb] as Run },
      ]),
    ),
  );
}

/** @throws BasaltError permissionMissing when the permission reaches nothing; what it reaches is asked with the input. */
function doorDemand({ access }: Pick<Procedure, 'access'>, ctx: Context): void {
  if (access !== 'public' && access !== 'session' && reachOf(ctx.actor, access) === 'none')
    throw permissionMissing(access);
}

/** An id of another region's must not be looked for here. */
function regionDemand(input: unknown, ctx: Context): void {
  const region = typeof input === 'object' && input !== null && 'region' in input ? input.region : undefined;
  if (region !== ctx.services.region.key)
    throw new BasaltError('notFound', { kind: both('地域', 'region') }, { field: 'region' });
}

function queryInput(request: IncomingMessage): unknown {
  const text = new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get('input') ?? '{}';
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BasaltError('invalidInput', { field: 'input', rule: 'JSON' }, { cause });
  }
}

export type RpcServe = (
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  ctx: Context,
) => Promise<void>;

export function rpcDoor(): RpcServe {
  const calls = callsOf(routes);
  const kept = new KeptAnswers();
  const answer = async (request: IncomingMessage, { procedure, run }: Call, name: string, ctx: Context) => {
    const isQuery = procedure.kind === 'query';
    if (request.method !== (isQuery ? 'GET' : 'POST'))
      throw new BasaltError('invalidInput', {
        field: 'request',
        rule: both('请求方法不符', 'the other method is meant'),
      });
    let raw: unknown = null;
    try {
      doorDemand(procedure, ctx);
      raw = isQuery ? queryInput(request) : await bodyJson(request, BODY_MOST);
      const input = inputParse(procedure.input, raw, ctx.locale);
      regionDemand(input, ctx);
      await accessDemand(ctx, name, procedure, input);
      return await run({ input, ctx, signal: undefined });
    } catch (error) {
      await refusalLog(ctx, name, procedure, raw, basaltErrorOf(error));
      throw error;
    }
  };
  return async (request, response, name, ctx) => {
    try {
      const call = calls.get(name);
      if (!call) throw new BasaltError('notFound', { kind: 'procedure' });
      const make = async (asked: Context): Promise<string> => wireDataText(await answer(request, call, name, asked));
      if (request.method !== 'GET' || !keptLists.has(name)) return respondText(response, 200, await make(ctx));
      const sequence = await sequenceNow(ctx.services.db);
      const bytes = async (): Promise<Buffer> => Buffer.from(await make({ ...ctx, sequence }));
      const body = await kept.of(ctx.actor, request.url ?? '', sequence, bytes);
      respondTagged(request, response, body, tagOf(body));
    } catch (error) {
      const found = basaltErrorOf(error);
      if (found.status >= 500)
        ctx.services.log.error({ error, procedure: name, requestId: ctx.requestId }, 'a call failed');
      respondText(response, found.status, wireErrorText(found, ctx, name));
    }
  };
}
