import { selfLogged } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { emailConfirmByLink } from '../../identity/links.ts';
import type { Parts } from '../../parts.ts';
import { signInRateCheck } from './sign-in.ts';

/** IAM-14: the link that went to the new address has been opened. */
export const sessionConfirmEmail = (parts: Parts): OwnDeed<'session', 'confirmEmail'> =>
  selfLogged(async ({ input, ctx }) => {
    signInRateCheck(parts, ctx);
    return { email: await emailConfirmByLink(parts, input.token, ctx) };
  });
