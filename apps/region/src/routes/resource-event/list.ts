import { eventList } from '../../domain/lists.ts';
import type { Route } from '../route.ts';

export const resourceEventListRoute: Route<'resourceEvent', 'list'> = ({ ctx, input }) => eventList(ctx, input);
