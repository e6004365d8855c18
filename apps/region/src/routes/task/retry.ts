import { taskAct } from '../../domain/task.ts';
import type { Route } from '../route.ts';

export const taskRetryRoute: Route<'task', 'retry'> = ({ ctx, input }) => taskAct(ctx, input, 'retry');
