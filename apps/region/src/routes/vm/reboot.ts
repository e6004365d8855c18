import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmRebootRoute: Route<'vm', 'reboot'> = ({ ctx, input }) => vmAct(ctx, 'vm.reboot', input);
