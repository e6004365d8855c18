import { hostLockSet } from '../../domain/host/change.ts';
import type { Route } from '../route.ts';

export const hostUnlockRoute: Route<'host', 'unlock'> = ({ ctx, input }) => hostLockSet(ctx, input, 'unlock');
