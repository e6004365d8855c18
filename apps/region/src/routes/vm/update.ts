import { vmChange } from '../../domain/vm/update.ts';
import type { Route } from '../route.ts';

export const vmUpdateRoute: Route<'vm', 'update'> = ({ ctx, input }) => vmChange(ctx, input);
