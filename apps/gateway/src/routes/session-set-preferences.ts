import type { gatewayProcedures } from '@basalt/contract';
import type { Handler } from '@basalt/rpc';
import type { GatewayContext } from '../http/context.ts';
import { localeCookie } from '../http/cookies.ts';
import type { Parts } from '../parts.ts';
import { accountChange } from '../store/account-store.ts';
import { operationLogAdd } from '../store/operation-log-store.ts';
import { currentSessionOf, sessionAnew, signedInOrThrow } from './current-session.ts';

export const sessionSetPreferences =
  (parts: Parts): Handler<typeof gatewayProcedures.session.setPreferences, GatewayContext> =>
  async ({ input, ctx }) => {
    const session = signedInOrThrow(ctx);
    const change = {
      ...(input.locale ? { locale: input.locale } : {}),
      ...(input.theme ? { theme: input.theme } : {}),
    };
    if (Object.keys(change).length > 0)
      await parts.db.transaction(async (tx) => {
        await accountChange(tx, session.accountId, change);
        await operationLogAdd(tx, {
          operation: 'myAccount.update',
          accountId: session.accountId,
          accountName: session.name,
          address: ctx.address,
          client: ctx.client,
          requestId: ctx.requestId,
          result: 'succeeded',
          detail: change,
        });
      });
    if (input.locale) ctx.cookies.push(localeCookie(parts.secure, input.locale));
    return currentSessionOf(parts, await sessionAnew(parts, session), ctx);
  };
