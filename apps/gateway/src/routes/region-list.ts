import type { gatewayProcedures } from '@basalt/contract';
import type { Handler } from '@basalt/rpc';
import type { GatewayContext } from '../http/context.ts';
import type { Parts } from '../parts.ts';
import { signedInOrThrow } from './current-session.ts';

/** The granted regions with their health as last seen; one that does not answer is listed, not left out. */
export const regionList =
  (parts: Parts): Handler<typeof gatewayProcedures.region.list, GatewayContext> =>
  async ({ ctx }) => {
    const { regions } = signedInOrThrow(ctx);
    const granted = parts.regions.all().filter(({ key }) => regions?.has(key) ?? true);
    return { items: granted.map(parts.health.of) };
  };
