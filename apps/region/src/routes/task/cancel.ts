import { taskAct } from '../../domain/task.ts';
import type { Route } from '../route.ts';

export const taskCancelRoute: Route<'task', 'cancel'> = ({ ctx, input }) => taskAct(ctx, input, 'cancel');
