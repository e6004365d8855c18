import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmDeleteRoute: Route<'vm', 'delete'> = ({ ctx, input }) => vmAct(ctx, 'vm.delete', input);
