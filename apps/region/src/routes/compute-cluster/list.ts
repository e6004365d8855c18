import { computeClusterShapes } from '../../domain/clusters.ts';
import { reaches, reachOf } from '../../domain/rights.ts';
import type { Route } from '../route.ts';

export const computeClusterListRoute: Route<'computeCluster', 'list'> = async ({ ctx }) => ({
  items: (await computeClusterShapes(ctx.services.db)).filter(({ id }) =>
    reaches(reachOf(ctx.actor, 'computeCluster:read'), { clusterId: id }),
  ),
});
