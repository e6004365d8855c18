import { z } from 'zod';
import { accountId, regionKey } from '../ids.ts';
import { locale } from '../locale.ts';
import { permission } from '../permissions.ts';
import { timestamp } from './common.ts';

export const email = z.email().max(254).toLowerCase();
export const theme = z.enum(['light', 'dark', 'system']);

export const currentSession = z.object({
  account: z.object({ id: accountId, email, name: z.string(), level: z.enum(['system', 'region']) }),
  permissions: z.array(permission),
  /** Permissions that hold for the account's own resources only, beyond `permissions`. */
  ownPermissions: z.array(permission),
  /** Permissions that hold for chosen resources only, beyond `permissions`. */
  scopedPermissions: z.array(permission),
  regions: z.array(regionKey),
  mustChangePassword: z.boolean(),
  /** Why: the first sign-in, an expired password, or one that the policy no longer takes. */
  passwordReason: z.enum(['first', 'expired', 'policy']).nullable(),
  /** Set while an administrator looks as another account does; nothing can be changed then. */
  seeAs: z.object({ id: accountId, name: z.string(), email }).nullable(),
  locale,
  theme,
  expiresAt: timestamp,
  lastSignIn: z.object({ at: timestamp, address: z.string() }).nullable(),
});
export type CurrentSession = z.infer<typeof currentSession>;

/** Signing in takes one step, or two where the account has two-factor sign-in. */
export const signInAnswer = z.discriminatedUnion('step', [
  z.object({ step: z.literal('done'), session: currentSession }),
  z.object({ step: z.literal('totp'), ticket: z.string(), expiresAt: timestamp }),
]);
export type SignInAnswer = z.infer<typeof signInAnswer>;
