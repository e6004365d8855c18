import { networkCreate } from '../../domain/network/change.ts';
import type { Route } from '../route.ts';

export const networkCreateRoute: Route<'network', 'create'> = ({ ctx, input }) => networkCreate(ctx, input);
