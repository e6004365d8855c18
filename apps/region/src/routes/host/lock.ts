import { hostLockSet } from '../../domain/host/change.ts';
import type { Route } from '../route.ts';

export const hostLockRoute: Route<'host', 'lock'> = ({ ctx, input }) => hostLockSet(ctx, input, 'lock');
