import { taskGet } from '../../domain/task.ts';
import type { Route } from '../route.ts';

export const taskGetRoute: Route<'task', 'get'> = ({ ctx, input }) => taskGet(ctx, input.id);
