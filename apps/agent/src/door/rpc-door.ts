/**
 * `/v1/rpc/<area>.<verb>`: tRPC's protocol for plain calls, answered without its adapter and the fetch classes that it wants:
 * they would be a tenth of a resting agent's memory. Who may call has been asked before any path.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BasaltError, both } from '@basalt/contract';
import { agentProcedures } from '@basalt/contract/agent/index';
import { inputParse } from '@basalt/rpc/input';
import { wireDataText, wireErrorText } from '@basalt/rpc/wire';
import { agentHandlers, type AgentContext } from '../operations/handlers.ts';

const BODY_MOST = 4 * 1024 ** 2;

interface Declared {
  readonly kind: 'query' | 'mutation';
  readonly input: Parameters<typeof inputParse>[0];
}
type Run = (call: { readonly input: unknown; readonly ctx: AgentContext }) => Promise<unknown>;

/** Every declared procedure with its handler; a missing handler does not compile, so none is missing here. */
const calls: ReadonlyMap<string, { readonly declared: Declared; readonly run: Run }> = new Map(
  Object.entries(agentProcedures).flatMap(([area, verbs]) => {
    const handlers: Readonly<Record<string, unknown>> = agentHandlers[area as keyof typeof agentHandlers];
    return Object.entries(verbs).map(
      ([verb, declared]: [string, Declared]) => [`${area}.${verb}`, { declared, run: handlers[verb] as Run }] as const,
    );
  }),
);

async function bodyRead(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MOST) throw new BasaltError('payloadTooLarge', { max: `${BODY_MOST} B` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function jsonParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BasaltError('invalidInput', { field: 'input', rule: 'JSON' }, { cause });
  }
}

async function answer(request: IncomingMessage, name: string, ctx: AgentContext): Promise<unknown> {
  const call = calls.get(name);
  if (!call) throw new BasaltError('notFound', { kind: 'procedure' });
  const isQuery = call.declared.kind === 'query';
  if (request.method !== (isQuery ? 'GET' : 'POST'))
    throw new BasaltError('invalidInput', {
      field: 'request',
      rule: both('请求方法不符', 'the other method is meant'),
    });
  const text = isQuery
    ? new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get('input')
    : await bodyRead(request);
  return call.run({ input: inputParse(call.declared.input, jsonParse(text || '{}'), ctx.locale), ctx });
}

/** Answers one call; what is refused or fails is an answer too. */
export async function rpcServe(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  ctx: AgentContext,
): Promise<void> {
  const send = (status: number, text: string): void =>
    void response
      .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  try {
    send(200, wireDataText(await answer(request, name, ctx)));
  } catch (error) {
    const found = error instanceof BasaltError ? error : new BasaltError('internal', {}, { cause: error });
    if (found.status >= 500)
      ctx.host.log.error({ error, operation: name, requestId: ctx.requestId }, 'operation failed');
    // what is left of a refused body is not read
    if (!request.complete) response.setHeader('connection', 'close');
    send(found.status, wireErrorText(found, ctx, name));
  }
}
