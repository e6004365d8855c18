import { vmBulk } from '../../domain/vm/bulk.ts';
import type { Route } from '../route.ts';

export const vmBulkRoute: Route<'vm', 'bulk'> = ({ ctx, input }) => vmBulk(ctx, input);
