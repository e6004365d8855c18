/** The region's procedures behind one question: may this actor, in this region. */
import { BasaltError, both, regionProcedures, type Procedure } from '@basalt/contract';
import { routerBuild, type Handlers } from '@basalt/rpc';
import { permissionDemand, type Context } from '../domain/context.ts';
import { routes } from '../routes/index.ts';

type Tree = typeof regionProcedures;

/** @throws BasaltError permissionMissing. `session` asks only for an actor, and every request here has one. */
export function regionAuthorise({ procedure, ctx }: { readonly procedure: Procedure; readonly ctx: Context }): void {
  if (procedure.access !== 'public' && procedure.access !== 'session') permissionDemand(ctx.actor, procedure.access);
}

type Guarded = (call: { readonly input: { readonly region: string }; readonly ctx: Context }) => unknown;

/** Handlers that answer only when the input names this region: an id of another region's must not be looked for here. */
function inThisRegion(handlers: Handlers<Tree, Context>): Handlers<Tree, Context> {
  const guard =
    (handler: Guarded): Guarded =>
    async (call) => {
      if (call.input.region !== call.ctx.services.region.key)
        throw new BasaltError('notFound', { kind: both('地域', 'region') }, { field: 'region' });
      return handler(call);
    };
  // a proxy keeps the type of what it stands for; it is asked once for each handler, when the router is built
  return new Proxy(handlers, {
    get: (tree, area: keyof Tree) =>
      new Proxy(tree[area], { get: (verbs, verb) => guard(Reflect.get(verbs, verb) as Guarded) }),
  });
}

export const regionRouter = () =>
  routerBuild(regionProcedures, inThisRegion(routes), {
    authorise: regionAuthorise,
    onError: ({ name, error, ctx }) =>
      ctx.services.log.error({ error, procedure: name, requestId: ctx.requestId }, 'a call failed'),
  });
