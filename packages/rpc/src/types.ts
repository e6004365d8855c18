/** Types of routers and clients, derived from the contract's declarations so that nobody imports another app's router. */
import type { TRPCBuiltRouter, TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type { ErrorShape, ProcedureKind, Procedures } from '@basalt/contract';
import type { z } from 'zod';

export interface Callable {
  readonly kind: ProcedureKind;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}
export type CallableTree = Readonly<Record<string, Readonly<Record<string, Callable>>>>;

export interface WireError {
  message: string;
  code: number;
  data: { code: string; httpStatus: number; path?: string; basalt: ErrorShape };
}

interface Def<C extends Callable> {
  meta: object;
  input: z.input<C['input']>;
  output: z.output<C['output']>;
  errorShape: WireError;
}

type ProcedureOf<C extends Callable> = C['kind'] extends 'query'
  ? TRPCQueryProcedure<Def<C>>
  : TRPCMutationProcedure<Def<C>>;

export type RouterOf<T extends CallableTree> = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: WireError; transformer: false },
  { [N in keyof T]: { [P in keyof T[N]]: ProcedureOf<T[N][P]> } }
>;

/** The public API's router type, for the console's tRPC client. */
export type AppRouter = RouterOf<Procedures>;

/** Input as handlers get it (parsed) and output as they may give it. */
export type InputOf<C extends Callable> = z.output<C['input']>;
export type OutputOf<C extends Callable> = z.input<C['output']>;

export type Handler<C extends Callable, Ctx> = (call: {
  readonly input: InputOf<C>;
  readonly ctx: Ctx;
  readonly signal: AbortSignal | undefined;
}) => Promise<OutputOf<C>>;
export type Handlers<T extends CallableTree, Ctx> = {
  readonly [N in keyof T]: { readonly [P in keyof T[N]]: Handler<T[N][P], Ctx> };
};

export interface CallOptions {
  readonly signal?: AbortSignal;
}
export type Client<T extends CallableTree> = {
  readonly [N in keyof T]: {
    readonly [P in keyof T[N]]: (
      input: z.input<T[N][P]['input']>,
      options?: CallOptions,
    ) => Promise<z.output<T[N][P]['output']>>;
  };
};
