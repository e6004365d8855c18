/** Calls by name and what they answer, for tests of accounts, groups and roles. */
import { procedures, type ErrorCode, type Procedure, type procedures as Tree } from '@basalt/contract';
import type { z } from 'zod';
import { send, type Door } from './harness.ts';

type Procedures = typeof Tree;
type Area = keyof Procedures;
type Verb<A extends Area> = keyof Procedures[A];
type Of<A extends Area, V extends Verb<A>> = Extract<Procedures[A][V], Procedure>;

export interface Refusal {
  readonly code: ErrorCode;
  readonly field: string | null;
  readonly params: Readonly<Record<string, string | number>>;
  readonly message: string;
  readonly issues?: { readonly field: string; readonly message: string }[];
}

interface Told {
  readonly result?: { readonly data: unknown };
  readonly error?: { readonly data: { readonly basalt: Refusal } };
}

/** One who calls; by his cookie. */
export interface Caller {
  /** The answer. @throws Error when it is refused. */
  readonly call: <A extends Area, V extends Verb<A> & string>(
    area: A,
    verb: V,
    input?: Partial<z.input<Of<A, V>['input']>>,
  ) => Promise<z.output<Of<A, V>['output']>>;
  /** How it is refused. @throws Error when it is not. */
  readonly refused: <A extends Area, V extends Verb<A> & string>(
    area: A,
    verb: V,
    input?: Readonly<Record<string, unknown>>,
  ) => Promise<Refusal>;
}

export function callerOf(
  door: Pick<Door, 'url'>,
  cookie: string,
  headers: Readonly<Record<string, string>> = {},
): Caller {
  const ask = async (area: Area, verb: string, input: unknown): Promise<Told> => {
    const verbs: Readonly<Record<string, Procedure>> = procedures[area];
    const isQuery = verbs[verb]?.kind === 'query';
    const path = `/api/trpc/${area}.${verb}`;
    const { body } = isQuery
      ? await send(door, 'GET', `${path}?input=${encodeURIComponent(JSON.stringify(input))}`, { cookie, headers })
      : await send(door, 'POST', path, { cookie, headers, body: input });
    return body;
  };
  return {
    async call(area, verb, input = {}) {
      const { result, error } = await ask(area, verb, input);
      if (!result) throw new Error(`${area}.${verb} was refused: ${JSON.stringify(error?.data.basalt)}`);
      return result.data as never;
    },
    async refused(area, verb, input = {}) {
      const { error } = await ask(area, verb, input);
      if (!error) throw new Error(`${area}.${verb} was not refused`);
      return error.data.basalt;
    },
  };
}

/** Code and field of a refusal, which is what tests compare. */
export const codeAndField = ({ code, field }: Refusal): readonly [string, string | null] => [code, field];
