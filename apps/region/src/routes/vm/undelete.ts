import { vmAct } from '../../domain/vm/power.ts';
import type { Route } from '../route.ts';

export const vmUndeleteRoute: Route<'vm', 'undelete'> = ({ ctx, input }) => vmAct(ctx, 'recycleBin.restore', input);
