import { computeClusterRename } from '../../domain/clusters.ts';
import type { Route } from '../route.ts';

export const computeClusterRenameRoute: Route<'computeCluster', 'rename'> = ({ ctx, input }) =>
  computeClusterRename(ctx, input);
