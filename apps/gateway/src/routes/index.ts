import { locale, type gatewayProcedures } from '@basalt/contract';
import type { Handlers } from '@basalt/rpc';
import type { GatewayContext } from '../http/context.ts';
import type { Parts } from '../parts.ts';
import { currentSessionOf, signedInOrThrow } from './current-session.ts';
import { regionList } from './region-list.ts';
import { sessionChangePassword } from './session-change-password.ts';
import { sessionSetPreferences } from './session-set-preferences.ts';
import { sessionSignIn } from './session-sign-in.ts';
import { sessionSignOut } from './session-sign-out.ts';

/** What the gateway answers itself. */
export const gatewayHandlers = (parts: Parts): Handlers<typeof gatewayProcedures, GatewayContext> => ({
  platform: {
    info: async () => ({
      product: 'Basalt',
      version: parts.version,
      defaultLocale: parts.defaultLocale,
      locales: [...locale.options],
    }),
  },
  session: {
    signIn: sessionSignIn(parts),
    current: async ({ ctx }) => currentSessionOf(parts, signedInOrThrow(ctx), ctx),
    signOut: sessionSignOut(parts),
    changePassword: sessionChangePassword(parts),
    setPreferences: sessionSetPreferences(parts),
  },
  region: { list: regionList(parts) },
});
