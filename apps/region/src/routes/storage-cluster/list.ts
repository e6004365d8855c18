import { storageClusterShapes } from '../../domain/clusters.ts';
import type { Route } from '../route.ts';

export const storageClusterListRoute: Route<'storageCluster', 'list'> = async ({ ctx }) => ({
  items: await storageClusterShapes(ctx.services.db),
});
