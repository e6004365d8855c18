import { taskList } from '../../domain/task.ts';
import type { Route } from '../route.ts';

export const taskListRoute: Route<'task', 'list'> = ({ ctx, input }) => taskList(ctx, input);
