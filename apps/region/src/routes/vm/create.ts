import { vmCreate } from '../../domain/vm/create.ts';
import type { Route } from '../route.ts';

export const vmCreateRoute: Route<'vm', 'create'> = ({ ctx, input }) => vmCreate(ctx, input);
