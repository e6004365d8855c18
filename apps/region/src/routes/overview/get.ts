import { overviewGet } from '../../domain/overview.ts';
import type { Route } from '../route.ts';

export const overviewGetRoute: Route<'overview', 'get'> = ({ ctx }) => overviewGet(ctx);
