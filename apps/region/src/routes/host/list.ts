import { hostList } from '../../domain/lists.ts';
import type { Route } from '../route.ts';

export const hostListRoute: Route<'host', 'list'> = ({ ctx, input }) => hostList(ctx, input);
