import { hostRemove } from '../../domain/host/change.ts';
import type { Route } from '../route.ts';

export const hostRemoveRoute: Route<'host', 'remove'> = ({ ctx, input }) => hostRemove(ctx, input);
