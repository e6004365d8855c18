import { vmPlacements } from '../../domain/vm/read.ts';
import type { Route } from '../route.ts';

export const vmPlacementRoute: Route<'vm', 'placement'> = ({ ctx, input }) => vmPlacements(ctx, input.id);
