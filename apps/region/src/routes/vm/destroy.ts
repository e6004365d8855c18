import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmDestroyRoute: Route<'vm', 'destroy'> = ({ ctx, input }) => vmAct(ctx, 'recycleBin.destroy', input);
