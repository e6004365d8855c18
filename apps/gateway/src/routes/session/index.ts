import { read } from '../../http/change.ts';
import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';
import { sessionChangePassword } from './change-password.ts';
import { currentSessionOf, signedInOrThrow } from './current-session.ts';
import { sessionSetPreferences } from './set-preferences.ts';
import { sessionSignIn } from './sign-in.ts';
import { sessionSignOut } from './sign-out.ts';

export const sessionDeeds = (parts: Parts): OwnDeeds['session'] => ({
  signIn: sessionSignIn(parts),
  verifyTotp: pending,
  requestPasswordReset: pending,
  resetPassword: pending,
  confirmEmail: pending,
  current: read(async ({ ctx }) => currentSessionOf(parts, signedInOrThrow(ctx), ctx)),
  signOut: sessionSignOut(parts),
  changePassword: sessionChangePassword(parts),
  setPreferences: sessionSetPreferences(parts),
});
