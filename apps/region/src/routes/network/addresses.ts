import { networkAddresses } from '../../domain/network/addresses.ts';
import type { Route } from '../route.ts';

export const networkAddressesRoute: Route<'network', 'addresses'> = ({ ctx, input }) => networkAddresses(ctx, input);
