import { selfLogged } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { passwordResetByLink } from '../../identity/links.ts';
import type { Parts } from '../../parts.ts';
import { signInRateCheck } from './sign-in.ts';

/** IAM-14: by the token of the mail. Signing in is then done as always, with the second factor where there is one. */
export const sessionResetPassword = (parts: Parts): OwnDeed<'session', 'resetPassword'> =>
  selfLogged(async ({ input, ctx }) => {
    signInRateCheck(parts, ctx);
    await passwordResetByLink(parts, input, ctx);
    return {};
  });
