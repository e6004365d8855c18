import { gatewayProcedures, type Procedure } from '@basalt/contract';
import { inputParse, type Handlers } from '@basalt/rpc';
import type { GatewayContext } from './context.ts';

export type OwnHandlers = Handlers<typeof gatewayProcedures, GatewayContext>;

interface OwnProcedure {
  readonly procedure: Procedure;
  readonly run: (input: unknown, ctx: GatewayContext) => Promise<unknown>;
}

/** The gateway's own procedures by name; `run` parses the input. The caller authorises. */
export function ownProcedures(own: OwnHandlers): ReadonlyMap<string, OwnProcedure> {
  const handlers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = own;
  return new Map(
    Object.entries(gatewayProcedures).flatMap(([area, verbs]) =>
      Object.entries(verbs).map(([verb, procedure]: [string, Procedure]): [string, OwnProcedure] => {
        const handler = handlers[area]?.[verb] as (call: object) => Promise<unknown>;
        const run = (input: unknown, ctx: GatewayContext): Promise<unknown> =>
          handler({ input: inputParse(procedure.input, input, ctx.locale), ctx, signal: undefined });
        return [`${area}.${verb}`, { procedure, run }];
      }),
    ),
  );
}
