import { computeClusterShapes } from '../../domain/clusters.ts';
import type { Route } from '../route.ts';

export const computeClusterListRoute: Route<'computeCluster', 'list'> = async ({ ctx }) => ({
  items: await computeClusterShapes(ctx.services.db),
});
