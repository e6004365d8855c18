import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmPowerOffRoute: Route<'vm', 'powerOff'> = ({ ctx, input }) => vmAct(ctx, 'vm.powerOff', input);
