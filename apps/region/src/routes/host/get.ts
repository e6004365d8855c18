import { hostGet } from '../../domain/lists.ts';
import type { Route } from '../route.ts';

export const hostGetRoute: Route<'host', 'get'> = ({ ctx, input }) => hostGet(ctx, input.id);
