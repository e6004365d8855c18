import { BasaltError } from '@basalt/contract';
import { changeAfter } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { mailReady } from '../../mail/settings.ts';
import { invalid } from '../../identity/account-refusal.ts';
import { emailChangeAsk } from '../../identity/links.ts';
import { passwordConfirm } from '../../identity/password-confirm.ts';
import type { Parts } from '../../parts.ts';
import { accountOrThrow } from '../account/account-shape.ts';
import { signedInOrThrow } from '../session/current-session.ts';

/** IAM-14: nothing changes before the new address has confirmed it. */
export const myAccountChangeEmail = (parts: Parts): OwnDeed<'myAccount', 'changeEmail'> =>
  changeAfter(
    async ({ input: { password }, ctx }) => {
      if (!(await mailReady(parts.db))) throw new BasaltError('mailOff');
      const { accountId } = signedInOrThrow(ctx);
      await passwordConfirm(parts, { accountId, password, field: 'password' }, ctx);
    },
    async ({ input: { email }, ctx, work }) => {
      const { accountId, name } = signedInOrThrow(ctx);
      work.resource('account', accountId, name);
      work.detail({ asked: email });
      const account = await accountOrThrow(work.tx, accountId);
      if (account.email === email) throw invalid('email', '与当前邮箱相同', 'it is the present address');
      const expiresAt = await emailChangeAsk(parts, work.tx, account, email, ctx);
      return { sentTo: email, expiresAt: expiresAt.toISOString() };
    },
  );
