import { searchFind } from '../../domain/search.ts';
import type { Route } from '../route.ts';

export const searchFindRoute: Route<'search', 'find'> = ({ ctx, input }) => searchFind(ctx, input.text);
