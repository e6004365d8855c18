import { selfLogged } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { totpVerify } from '../../identity/verify-totp.ts';
import type { Parts } from '../../parts.ts';
import { sessionBegin } from './session-begin.ts';
import { signInRateCheck } from './sign-in.ts';

/** The second step of signing in (IAM-13). */
export const sessionVerifyTotp = (parts: Parts): OwnDeed<'session', 'verifyTotp'> =>
  selfLogged(async ({ input, ctx }) => {
    signInRateCheck(parts, ctx);
    return sessionBegin(parts, await totpVerify(parts, input, ctx), ctx);
  });
