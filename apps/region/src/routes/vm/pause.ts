import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmPauseRoute: Route<'vm', 'pause'> = ({ ctx, input }) => vmAct(ctx, 'vm.pause', input);
