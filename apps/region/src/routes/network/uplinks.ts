import { networkUplinks } from '../../domain/network/addresses.ts';
import type { Route } from '../route.ts';

export const networkUplinksRoute: Route<'network', 'uplinks'> = ({ ctx }) => networkUplinks(ctx);
