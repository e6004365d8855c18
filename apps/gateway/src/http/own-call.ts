import { gatewayProcedures, type Procedure } from '@basalt/contract';
import { inputParse } from '@basalt/rpc';
import type { Parts } from '../parts.ts';
import { deedRun, refusalLog, type Deed } from './change.ts';
import type { GatewayContext } from './context.ts';

type Tree = typeof gatewayProcedures;
/** Every procedure of the gateway with how it is done; a missing one does not compile. */
export type OwnDeeds = {
  readonly [A in keyof Tree]: { readonly [V in keyof Tree[A]]: Deed<Extract<Tree[A][V], Procedure>> };
};
/** The deed of one procedure: `OwnDeed<'account', 'create'>`. */
export type OwnDeed<A extends keyof Tree, V extends keyof Tree[A]> = OwnDeeds[A][V];

export interface OwnProcedure {
  readonly procedure: Procedure;
  readonly deed: Deed;
  /** Parses the input and does it. The caller authorises. */
  readonly run: (input: unknown, ctx: GatewayContext) => Promise<unknown>;
}

/** The gateway's own procedures by name. */
export function ownProcedures(parts: Parts, own: OwnDeeds): ReadonlyMap<string, OwnProcedure> {
  const deeds: Readonly<Record<string, Readonly<Record<string, unknown>>>> = own;
  return new Map(
    Object.entries(gatewayProcedures).flatMap(([area, verbs]) =>
      Object.entries(verbs).map(([verb, procedure]: [string, Procedure]): [string, OwnProcedure] => {
        const name = `${area}.${verb}`;
        const deed = deeds[area]?.[verb] as Deed;
        const run = async (raw: unknown, ctx: GatewayContext): Promise<unknown> => {
          let input: unknown;
          try {
            input = inputParse(procedure.input, raw, ctx.locale);
          } catch (error) {
            await refusalLog(parts, { name, procedure, ctx }, error);
            throw error;
          }
          return deedRun(parts, deed, { name, procedure, input, ctx });
        };
        return [name, { procedure, deed, run }];
      }),
    ),
  );
}
