import { networkList } from '../../domain/lists.ts';
import type { Route } from '../route.ts';

export const networkListRoute: Route<'network', 'list'> = ({ ctx, input }) => networkList(ctx, input);
