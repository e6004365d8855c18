/**
 * Every call of every door is declared here as data: name, input, output, permission, REST path. Routers, clients, the
 * OpenAPI document, the permission walk of the tests and the operation log are all derived from these declarations, so
 * none of them can forget one.
 */
import type { z } from 'zod';
import type { Permission } from './permissions.ts';
import type { Text } from './locale.ts';

export type ProcedureKind = 'query' | 'mutation';
/** `public`: no session; `session`: any signed-in account, also one that must change its password; else a permission. */
export type Access = 'public' | 'session' | Permission;

export interface Rest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  /** Below `/api/v1`, with `{name}` for inputs that stand in the path. */
  readonly path: string;
}

export interface Procedure<
  K extends ProcedureKind = ProcedureKind,
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> {
  readonly kind: K;
  readonly input: I;
  readonly output: O;
  readonly access: Access;
  /** Where the handler lives. The gateway forwards what belongs to a region. */
  readonly door: 'gateway' | 'region';
  readonly rest: Rest;
  readonly summary: Text;
  /** Entry of the operation log that a mutation writes; key of `operationTable`. */
  readonly operation?: string;
  /** How long the gateway waits for the region, in milliseconds. Default 15 000. */
  readonly deadline?: number;
}

export type ProcedureTree = Readonly<Record<string, Readonly<Record<string, Procedure>>>>;

type Declared<I, O> = Omit<Procedure, 'kind' | 'input' | 'output'> & { readonly input: I; readonly output: O };

export const query = <I extends z.ZodType, O extends z.ZodType>(p: Declared<I, O>): Procedure<'query', I, O> => ({
  ...p,
  kind: 'query',
});

export const mutation = <I extends z.ZodType, O extends z.ZodType>(p: Declared<I, O>): Procedure<'mutation', I, O> => ({
  ...p,
  kind: 'mutation',
});

/** A declaration of the agent's door: no permission and no REST path, because only the region may call it at all. */
export interface AgentProcedure<
  K extends ProcedureKind = ProcedureKind,
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> {
  readonly kind: K;
  readonly input: I;
  readonly output: O;
  /** Deadline of one call in milliseconds; the agent gives up first, the region a little later. */
  readonly deadline: number;
}

export const agentQuery = <I extends z.ZodType, O extends z.ZodType>(
  p: Omit<AgentProcedure<'query', I, O>, 'kind'>,
): AgentProcedure<'query', I, O> => ({ ...p, kind: 'query' });

export const agentMutation = <I extends z.ZodType, O extends z.ZodType>(
  p: Omit<AgentProcedure<'mutation', I, O>, 'kind'>,
): AgentProcedure<'mutation', I, O> => ({ ...p, kind: 'mutation' });
