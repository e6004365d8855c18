import { BasaltError } from '@basalt/contract';
import { selfLogged } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { mailReady } from '../../mail/settings.ts';
import { passwordResetMailSend } from '../../identity/links.ts';
import type { Parts } from '../../parts.ts';

/**
 * IAM-14. Answers before it looks whether there is such an account. The address that asks is limited; an account is mailed
 * three links an hour at most, which nobody is told either.
 */
export const sessionRequestPasswordReset = (parts: Parts): OwnDeed<'session', 'requestPasswordReset'> =>
  selfLogged(async ({ input, ctx }) => {
    const wait = parts.limits.mail.take(ctx.address);
    if (wait > 0) throw new BasaltError('tooManyRequests', { seconds: wait });
    if (!(await mailReady(parts.db))) throw new BasaltError('mailOff');
    const wish = { email: input.email, locale: input.locale ?? ctx.locale };
    parts.afterAnswer.add('password reset mail', () => passwordResetMailSend(parts, wish, ctx));
    return { minutes: parts.policy.now().passwordReset.linkMinutes };
  });
