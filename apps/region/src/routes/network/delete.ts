import { networkDelete } from '../../domain/network/change.ts';
import type { Route } from '../route.ts';

export const networkDeleteRoute: Route<'network', 'delete'> = ({ ctx, input }) => networkDelete(ctx, input);
