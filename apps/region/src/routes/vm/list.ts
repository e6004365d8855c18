import { vmList } from '../../domain/lists.ts';
import type { Route } from '../route.ts';

export const vmListRoute: Route<'vm', 'list'> = ({ ctx, input }) => vmList(ctx, input);
