import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmResetRoute: Route<'vm', 'reset'> = ({ ctx, input }) => vmAct(ctx, 'vm.reset', input);
