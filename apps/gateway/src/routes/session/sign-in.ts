import { BasaltError } from '@basalt/contract';
import { selfLogged } from '../../http/change.ts';
import type { GatewayContext } from '../../http/context.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { signIn } from '../../identity/sign-in.ts';
import type { Parts } from '../../parts.ts';
import { sessionBegin } from './session-begin.ts';

/** @throws BasaltError tooManyRequests. Whoever has no session yet may try so often from one address. */
export function signInRateCheck(parts: Parts, { address }: Pick<GatewayContext, 'address'>): void {
  const wait = parts.limits.signIn.take(address);
  if (wait > 0) throw new BasaltError('tooManyRequests', { seconds: wait });
}

/** IAM-01. With two-factor sign-in it answers a ticket for `verifyTotp` and opens no session yet. */
export const sessionSignIn = (parts: Parts): OwnDeed<'session', 'signIn'> =>
  selfLogged(async ({ input, ctx }) => {
    signInRateCheck(parts, ctx);
    const found = await signIn(parts, input, ctx);
    return found.step === 'done'
      ? { step: 'done', session: await sessionBegin(parts, found.token, ctx) }
      : { step: 'totp', ticket: found.ticket, expiresAt: found.expiresAt.toISOString() };
  });
