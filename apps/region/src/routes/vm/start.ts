import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmStartRoute: Route<'vm', 'start'> = ({ ctx, input }) => vmAct(ctx, 'vm.start', input);
