import { read } from '../../http/change.ts';
import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { sessionChangePassword } from './change-password.ts';
import { sessionConfirmEmail } from './confirm-email.ts';
import { currentSessionOf, signedInOrThrow } from './current-session.ts';
import { sessionRequestPasswordReset } from './request-password-reset.ts';
import { sessionResetPassword } from './reset-password.ts';
import { sessionSetPreferences } from './set-preferences.ts';
import { sessionSignIn } from './sign-in.ts';
import { sessionSignOut } from './sign-out.ts';
import { sessionVerifyTotp } from './verify-totp.ts';

export const sessionDeeds = (parts: Parts): OwnDeeds['session'] => ({
  signIn: sessionSignIn(parts),
  verifyTotp: sessionVerifyTotp(parts),
  requestPasswordReset: sessionRequestPasswordReset(parts),
  resetPassword: sessionResetPassword(parts),
  confirmEmail: sessionConfirmEmail(parts),
  current: read(async ({ ctx }) => currentSessionOf(parts, signedInOrThrow(ctx), ctx)),
  signOut: sessionSignOut(parts),
  changePassword: sessionChangePassword(parts),
  setPreferences: sessionSetPreferences(parts),
});
