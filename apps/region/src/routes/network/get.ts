import { networkShape } from '../../domain/network/change.ts';
import type { Route } from '../route.ts';

export const networkGetRoute: Route<'network', 'get'> = ({ ctx, input }) => networkShape(ctx.services.db, input.id);
