import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmShutdownRoute: Route<'vm', 'shutdown'> = ({ ctx, input }) => vmAct(ctx, 'vm.shutdown', input);
