/** Two-factor sign-in of one's own account (IAM-13): prepare, confirm by a code, turn off. */
import { BasaltError } from '@basalt/contract';
import { change, changeAfter } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountNotice } from '../../identity/account-mail.ts';
import { refused } from '../../identity/account-refusal.ts';
import { totpChangedMail } from '../../identity/mail-texts.ts';
import { codeConfirm, passwordConfirm } from '../../identity/password-confirm.ts';
import { recoveryCodeHash, recoveryCodesMake } from '../../identity/recovery-codes.ts';
import { totpSecretMake, totpStep, totpUri } from '../../identity/totp.ts';
import type { Parts } from '../../parts.ts';
import { accountChange, accountTotpRemove } from '../../store/account-store.ts';
import { recoveryCodesSet } from '../../store/totp-store.ts';
import { accountOrThrow } from '../account/account-shape.ts';
import { signedInOrThrow } from '../session/current-session.ts';

const PENDING_MS = 10 * 60_000;

const isOn = () => refused('双因子验证已开启', 'Two-factor sign-in is on already');
const isOff = () => refused('双因子验证未开启', 'Two-factor sign-in is off');

/** What it makes counts only after a code has confirmed it. */
export const myAccountPrepareTotp = (parts: Parts): OwnDeed<'myAccount', 'prepareTotp'> =>
  changeAfter(
    async ({ input: { password }, ctx }) => {
      const { accountId } = signedInOrThrow(ctx);
      const account = await passwordConfirm(parts, { accountId, password, field: 'password' }, ctx);
      if (account.totpSecret !== null) throw isOn();
    },
    async ({ ctx, work }) => {
      const { accountId, name, email } = signedInOrThrow(ctx);
      work.resource('account', accountId, name);
      const secret = totpSecretMake();
      const until = new Date(Date.now() + PENDING_MS);
      await accountChange(work.tx, accountId, { totpPending: parts.seal.seal(secret), totpPendingUntil: until });
      return { secret, uri: totpUri(secret, email), expiresAt: until.toISOString() };
    },
  );

/** Its code counts as used, so that it does not sign in once more. */
export const myAccountEnableTotp = (parts: Parts): OwnDeed<'myAccount', 'enableTotp'> =>
  change(async ({ input: { code }, ctx, work }) => {
    const { accountId, name } = signedInOrThrow(ctx);
    work.resource('account', accountId, name);
    const account = await accountOrThrow(work.tx, accountId);
    if (account.totpSecret !== null) throw isOn();
    const { totpPending, totpPendingUntil } = account;
    if (totpPending === null || totpPendingUntil === null || totpPendingUntil <= new Date())
      throw refused('请先重新获取二维码', 'Ask for a new QR code first');
    const step = totpStep(parts.seal.unseal(totpPending), code.replaceAll(' ', ''));
    if (step === null) throw new BasaltError('codeInvalid', {}, { field: 'code' });
    const codes = recoveryCodesMake();
    await accountChange(work.tx, accountId, {
      totpSecret: totpPending,
      totpSince: new Date(),
      totpLastStep: step,
      totpPending: null,
      totpPendingUntil: null,
    });
    const hashes = codes.map((each) => recoveryCodeHash(accountId, each));
    await recoveryCodesSet(work.tx, accountId, hashes);
    const text = totpChangedMail(true, { email: account.email, address: ctx.address });
    await accountNotice(parts, work.tx, account, text);
    work.detail({ twoFactor: { from: false, to: true } });
    return { recoveryCodes: codes };
  });

/** Takes the password and a code, so that neither a session nor a device that was found is enough. */
export const myAccountDisableTotp = (parts: Parts): OwnDeed<'myAccount', 'disableTotp'> =>
  changeAfter(
    async ({ input: { password, code }, ctx }) => {
      const { accountId } = signedInOrThrow(ctx);
      const account = await passwordConfirm(parts, { accountId, password, field: 'password' }, ctx);
      if (account.totpSecret === null) throw isOff();
      await codeConfirm(parts, { account, caller: ctx }, code);
    },
    async ({ ctx, work }) => {
      const { accountId, name } = signedInOrThrow(ctx);
      work.resource('account', accountId, name);
      const account = await accountOrThrow(work.tx, accountId);
      await accountTotpRemove(work.tx, accountId);
      const text = totpChangedMail(false, { email: account.email, address: ctx.address });
      await accountNotice(parts, work.tx, account, text);
      work.detail({ twoFactor: { from: true, to: false } });
      return {};
    },
  );
