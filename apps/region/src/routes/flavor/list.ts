import { flavorShapes } from '../../domain/clusters.ts';
import type { Route } from '../route.ts';

export const flavorListRoute: Route<'flavor', 'list'> = async ({ ctx }) => ({
  items: await flavorShapes(ctx.services.db),
});
