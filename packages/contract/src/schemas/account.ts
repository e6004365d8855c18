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
  regions: z.array(regionKey),
  mustChangePassword: z.boolean(),
  locale,
  theme,
  expiresAt: timestamp,
  lastSignIn: z.object({ at: timestamp, address: z.string() }).nullable(),
});
export type CurrentSession = z.infer<typeof currentSession>;
