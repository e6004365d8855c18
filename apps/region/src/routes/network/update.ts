import { networkChange } from '../../domain/network/change.ts';
import type { Route } from '../route.ts';

export const networkUpdateRoute: Route<'network', 'update'> = ({ ctx, input }) => networkChange(ctx, input);
