import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmResumeRoute: Route<'vm', 'resume'> = ({ ctx, input }) => vmAct(ctx, 'vm.resume', input);
