/**
 * tRPC routers from declarations. Each door brings its context and an `authorise` that is asked before every handler, so
 * there is no way to reach one that was not asked about.
 */
import { initTRPC, TRPCError, type AnyTRPCRouter } from '@trpc/server';
import { BasaltError, type Locale } from '@basalt/contract';
import type { Callable, CallableTree, Handlers, WireError } from './types.ts';
import { inputParse } from './input.ts';

export interface DoorContext {
  readonly locale: Locale;
  readonly requestId: string;
}

export interface DoorOptions<Ctx extends DoorContext, C extends Callable> {
  /** Asked with the raw call before input is parsed; throws BasaltError to refuse. */
  readonly authorise: (call: {
    readonly name: string;
    readonly procedure: C;
    readonly ctx: Ctx;
  }) => void | Promise<void>;
  /** Told every error that is not the caller's own; for the log. */
  readonly onError?: (found: { readonly name: string; readonly error: unknown; readonly ctx: Ctx }) => void;
}

const httpCodes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  423: 'TOO_MANY_REQUESTS',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
} as const;
const isMapped = (status: number): status is keyof typeof httpCodes => status in httpCodes;

/** Any error as one of the closed set: what is not ours becomes `internal` and keeps its cause for the log. */
export function basaltErrorOf(error: unknown): BasaltError {
  if (error instanceof BasaltError) return error;
  if (error instanceof TRPCError) {
    if (error.cause instanceof BasaltError) return error.cause;
    if (error.code === 'NOT_FOUND') return new BasaltError('notFound', { kind: 'procedure' }, { cause: error });
    if (error.code === 'PAYLOAD_TOO_LARGE') return new BasaltError('payloadTooLarge', { max: '' }, { cause: error });
    if (
      error.code === 'PARSE_ERROR' ||
      error.code === 'BAD_REQUEST' ||
      error.code === 'METHOD_NOT_SUPPORTED' ||
      error.code === 'UNSUPPORTED_MEDIA_TYPE'
    )
      return new BasaltError('invalidInput', { field: 'request', rule: error.message }, { cause: error });
  }
  return new BasaltError('internal', {}, { cause: error });
}

/** The router of one door. `handlers` must implement every declaration given in `tree`. */
export function routerBuild<T extends CallableTree, Ctx extends DoorContext>(
  tree: T,
  handlers: Handlers<T, Ctx>,
  options: DoorOptions<Ctx, T[keyof T][keyof T[keyof T]]>,
): AnyTRPCRouter {
  const t = initTRPC.context<Ctx>().create({
    errorFormatter({ shape, error, ctx, path }): WireError {
      const found = basaltErrorOf(error);
      const basalt = found.shape(ctx?.locale ?? 'zh-CN', ctx?.requestId ?? null);
      return {
        message: basalt.message,
        code: shape.code,
        data: { code: shape.data.code, httpStatus: found.status, ...(path === undefined ? {} : { path }), basalt },
      };
    },
  });
  // tRPC rewrites the context's type; at run time it is what the door gave.
  const own = (ctx: DoorContext): Ctx => ctx as Ctx;
  const names = Object.entries(tree).map(([area, procedures]) => {
    const routes = Object.entries(procedures).map(([verb, procedure]) => {
      const name = `${area}.${verb}`;
      const handler = (handlers as Record<string, Record<string, (call: object) => Promise<unknown>>>)[area]?.[verb];
      if (!handler) throw new Error(`no handler for ${name}`);
      const checked = t.procedure.use(async ({ ctx, next, getRawInput, signal }) => {
        try {
          await options.authorise({ name, procedure: procedure as T[keyof T][keyof T[keyof T]], ctx: own(ctx) });
          const input = inputParse(procedure.input, await getRawInput(), ctx.locale);
          const output = await handler({ input, ctx: own(ctx), signal });
          return await next({ ctx: { ...ctx, output } });
        } catch (error) {
          const found = basaltErrorOf(error);
          if (found.status >= 500) options.onError?.({ name, error, ctx: own(ctx) });
          throw new TRPCError({
            code: isMapped(found.status) ? httpCodes[found.status] : 'INTERNAL_SERVER_ERROR',
            message: found.message,
            cause: found,
          });
        }
      });
      const result = ({ ctx }: { ctx: object }) => ('output' in ctx ? ctx.output : undefined);
      return [verb, procedure.kind === 'query' ? checked.query(result) : checked.mutation(result)] as const;
    });
    return [area, t.router(Object.fromEntries(routes))] as const;
  });
  return t.router(Object.fromEntries(names));
}
