import { vmGet } from '../../domain/vm/read.ts';
import type { Route } from '../route.ts';

export const vmGetRoute: Route<'vm', 'get'> = ({ ctx, input }) => vmGet(ctx, input.id);
