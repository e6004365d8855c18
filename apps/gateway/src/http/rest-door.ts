/** `/api/v1`: the same procedures under the paths their declarations give (API-01). */
import { procedures, type Procedure } from '@basalt/contract';
import type { Parts } from '../parts.ts';
import { regionForward } from '../regions/region-forward.ts';
import { replyData, replyDataBytes } from '../regions/region-call.ts';
import { authorise } from './authorise.ts';
import type { GatewayContext } from './context.ts';
import { restError, type Answer } from './error-answer.ts';
import { ownProcedures, type OwnDeeds } from './own-call.ts';
import { fieldsChoose, fieldsTake, tokenAdd } from './rest-manners.ts';
import { bodyInput, jsonSchemaOf, queryInput, type JsonSchema } from './rest-input.ts';

export const REST_PATH = '/api/v1';

export interface RestRoute {
  readonly name: string;
  readonly procedure: Procedure;
  /** JSON Schema of the whole input. */
  readonly schema: JsonSchema;
  /** JSON Schema of the answer. */
  readonly output: JsonSchema;
}

/** Every procedure as a route; those without parameters at a place first, so that `…/vms/preview` is not taken for an id. */
export const restRoutes: readonly RestRoute[] = Object.entries(procedures)
  .flatMap(([area, verbs]) =>
    Object.entries(verbs).map(([verb, procedure]: [string, Procedure]) => ({
      name: `${area}.${verb}`,
      procedure,
      schema: jsonSchemaOf(procedure.input, 'input'),
      output: jsonSchemaOf(procedure.output, 'output'),
    })),
  )
  .toSorted((a, b) => a.procedure.rest.path.split('{').length - b.procedure.rest.path.split('{').length);

export interface RestRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: string | null;
  readonly idempotencyKey?: string | undefined;
}

export function restDoor(parts: Parts, own: OwnDeeds) {
  const mine = ownProcedures(parts, own);
  const answerOf = async (route: RestRoute, request: RestRequest, ctx: GatewayContext): Promise<string | Buffer> => {
    const { name, procedure, schema } = route;
    await authorise(parts, { name, procedure, ctx });
    const fields = fieldsTake(route, request.query);
    const given = {
      ...(procedure.rest.method === 'GET' ? {} : bodyInput(request.body ?? '')),
      ...queryInput(request.query, schema),
      ...request.params,
    };
    const input = tokenAdd(route, given, request.idempotencyKey);
    if (procedure.door === 'region') {
      const reply = await regionForward(parts, { name, procedure, ctx, input });
      if (fields) return JSON.stringify(fieldsChoose(replyData(reply), fields));
      return reply.status === 200 ? replyDataBytes(reply) : JSON.stringify(replyData(reply));
    }
    const answer = await mine.get(name)?.run(input, ctx);
    return JSON.stringify(fields ? fieldsChoose(answer, fields) : answer);
  };

  /** Answers a request whose origin and body have been checked. */
  return async (route: RestRoute, request: RestRequest, ctx: GatewayContext): Promise<Answer> => {
    try {
      return { status: 200, body: await answerOf(route, request, ctx) };
    } catch (error) {
      const answer = restError(error, ctx);
      if (answer.status === 500)
        parts.log.error({ error, procedure: route.name, requestId: ctx.requestId }, 'a call failed');
      return answer;
    }
  };
}
