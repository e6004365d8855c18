/**
 * What is done by links of mails (IAM-14): a forgotten password set anew, a new e-mail address confirmed. Whoever asks for a
 * link learns nothing about the account: the answer is given before anything is looked up.
 */
import { BasaltError, both, type Locale, type OperationKey } from '@basalt/contract';
import type { Parts } from '../parts.ts';
import {
  accountByEmail,
  accountById,
  accountChange,
  accountLinksVoid,
  type AccountRow,
} from '../store/account-store.ts';
import type { Executor, Transaction } from '../store/database.ts';
import { linkAdd, linkPeek, linksSentSince, linksVoid, linkTake, type LinkKind } from '../store/link-store.ts';
import { operationLogAdd } from '../store/operation-log-store.ts';
import { sessionEndOthers } from '../store/session-store.ts';
import { signInFailuresForget } from '../store/sign-in-guard-store.ts';
import { isUniqueViolation } from '../store/unique.ts';
import { accountMail, accountNotice } from './account-mail.ts';
import { callerEntry, type Caller } from './caller.ts';
import {
  emailChangedMail,
  emailChangeNoticeMail,
  emailConfirmMail,
  emailTakenMail,
  passwordResetDoneMail,
  passwordResetMail,
} from './mail-texts.ts';
import { passwordHash, passwordVerify } from './password-hash.ts';
import { passwordPolicyCheck } from './password-policy.ts';
import { sessionsGone } from './session-open.ts';
import { tokenCreate, tokenHash } from './token.ts';

/** Mails of one kind that an account is sent within an hour. */
const MAILS_PER_HOUR = 3;
const HOUR_MS = 3_600_000;

const pages: Readonly<Record<LinkKind, string>> = { passwordReset: '/reset-password', emailChange: '/confirm-email' };

interface LinkMade {
  readonly link: string;
  readonly minutes: number;
  readonly expiresAt: Date;
}

async function linkMake(
  { policy, publicOrigins }: Parts,
  tx: Executor,
  wish: { readonly accountId: string; readonly kind: LinkKind; readonly email?: string },
): Promise<LinkMade> {
  const token = tokenCreate();
  const minutes = policy.now().passwordReset.linkMinutes;
  const expiresAt = new Date(Date.now() + minutes * 60_000);
  const [origin = ''] = publicOrigins;
  await linkAdd(tx, { ...wish, tokenHash: tokenHash(token), expiresAt });
  return { link: `${origin}${pages[wish.kind]}#token=${token}`, minutes, expiresAt };
}

const isTooMuch = async (db: Executor, accountId: string, kind: LinkKind): Promise<boolean> =>
  (await linksSentSince(db, accountId, kind, new Date(Date.now() - HOUR_MS))) >= MAILS_PER_HOUR;

/** Writes down that a link was asked for, and mails one where there is somebody to mail it to: a known, active account. */
export async function passwordResetMailSend(
  parts: Parts,
  { email, locale }: { readonly email: string; readonly locale: Locale },
  caller: Caller,
): Promise<void> {
  const account = await accountByEmail(parts.db, email);
  await parts.db.transaction(async (tx) => {
    const sends = account && !account.frozen && !(await isTooMuch(tx, account.id, 'passwordReset'));
    if (sends) {
      const { link, minutes, expiresAt } = await linkMake(parts, tx, { accountId: account.id, kind: 'passwordReset' });
      const text = passwordResetMail(link, minutes, { email, address: caller.address });
      await accountMail(parts, tx, account, { text, expiresAt, locale });
    }
    await operationLogAdd(tx, {
      ...callerEntry(caller),
      operation: 'session.requestPasswordReset',
      accountId: account?.id ?? null,
      accountName: account?.name ?? email,
      result: 'succeeded',
      detail: { email, mailed: Boolean(sends) },
    });
  });
}

/** Whose link it is, as soon as that is known. */
interface Owner {
  account: AccountRow | null;
}

/**
 * Runs what a link does. What is refused is written down as well: without an account where the link is nobody's. How often
 * somebody may try is the door's limit.
 */
async function refusalTold<T>(
  { db, log }: Parts,
  operation: OperationKey,
  caller: Caller,
  run: (owner: Owner) => Promise<T>,
): Promise<T> {
  const owner: Owner = { account: null };
  try {
    return await run(owner);
  } catch (error) {
    if (!(error instanceof BasaltError) || error.status >= 500) throw error;
    const entry = {
      ...callerEntry(caller),
      operation,
      accountId: owner.account?.id ?? null,
      accountName: owner.account?.name ?? '',
      result: 'failed',
      error: error.code,
      errorParams: { ...error.params },
    } as const;
    await operationLogAdd(db, entry).catch((failure: unknown) =>
      log.error({ error: failure, requestId: caller.requestId }, 'a refused link was not logged'),
    );
    throw error;
  }
}

/** @throws BasaltError linkInvalid. */
async function linkAccount(db: Executor, hash: Buffer, kind: LinkKind, owner: Owner): Promise<AccountRow> {
  const found = await linkPeek(db, hash, kind);
  owner.account = found && (await accountById(db, found.accountId));
  if (!owner.account || owner.account.frozen) throw new BasaltError('linkInvalid');
  return owner.account;
}

/**
 * Sets a password by the token of a mail; the account's sessions, its other links and its lock end.
 * @throws BasaltError linkInvalid, passwordPolicy; the link stays good when the password is refused.
 */
export const passwordResetByLink = (parts: Parts, wish: PasswordWish, caller: Caller): Promise<void> =>
  refusalTold(parts, 'session.resetPassword', caller, (owner) => passwordReset(parts, wish, caller, owner));

interface PasswordWish {
  readonly token: string;
  readonly password: string;
}

async function passwordReset(
  parts: Parts,
  { token, password }: PasswordWish,
  caller: Caller,
  owner: Owner,
): Promise<void> {
  const hash = tokenHash(token);
  const account = await linkAccount(parts.db, hash, 'passwordReset', owner);
  passwordPolicyCheck(password, parts.policy.now().password);
  if (await passwordVerify(account.passwordHash, password))
    throw new BasaltError(
      'passwordPolicy',
      { rule: both('不能与当前密码相同', 'it must differ from the present one') },
      { field: 'password' },
    );
  const hashed = await passwordHash(password);
  const ended = await parts.db.transaction(async (tx) => {
    if (!(await linkTake(tx, hash, 'passwordReset'))) throw new BasaltError('linkInvalid');
    await accountChange(tx, account.id, {
      passwordHash: hashed,
      passwordChangedAt: new Date(),
      mustChangePassword: false,
    });
    await accountLinksVoid(tx, account.id);
    await signInFailuresForget(tx, account.email);
    const sessions = await sessionEndOthers(tx, account.id, null, 'passwordChanged');
    const text = passwordResetDoneMail({ email: account.email, address: caller.address });
    await accountNotice(parts, tx, account, text);
    await operationLogAdd(tx, {
      ...callerEntry(caller),
      operation: 'session.resetPassword',
      accountId: account.id,
      accountName: account.name,
      result: 'succeeded',
      detail: { sessionsEnded: sessions.length },
    });
    return sessions;
  });
  sessionsGone(parts, account.id, ended);
}

/**
 * Sends a link to the new address and a notice to the old one. An address that belongs to another account is told so by mail
 * instead; who asks is not.
 * @throws BasaltError tooManyRequests.
 */
export async function emailChangeAsk(
  parts: Parts,
  tx: Transaction,
  account: AccountRow,
  email: string,
  caller: Caller,
): Promise<Date> {
  if (await isTooMuch(tx, account.id, 'emailChange')) throw new BasaltError('tooManyRequests', { seconds: 3_600 });
  const about = { email: account.email, address: caller.address };
  await linksVoid(tx, account.id, 'emailChange');
  const { link, minutes, expiresAt } = await linkMake(parts, tx, { accountId: account.id, kind: 'emailChange', email });
  const isTaken = (await accountByEmail(tx, email)) !== null;
  const text = isTaken ? emailTakenMail(about) : emailConfirmMail(link, minutes, about);
  await accountMail(parts, tx, account, { to: email, text, expiresAt });
  await accountNotice(parts, tx, account, emailChangeNoticeMail(email, about));
  return expiresAt;
}

/**
 * The new address has been confirmed by its link: it is the one to sign in with from now on.
 * @returns the new address.
 * @throws BasaltError linkInvalid, nameTaken when another account has got the address meanwhile.
 */
export const emailConfirmByLink = (parts: Parts, token: string, caller: Caller): Promise<string> =>
  refusalTold(parts, 'myAccount.changeEmail', caller, (owner) => emailConfirm(parts, token, caller, owner));

async function emailConfirm(parts: Parts, token: string, caller: Caller, owner: Owner): Promise<string> {
  const hash = tokenHash(token);
  const { account, email } = await parts.db.transaction(async (tx) => {
    const taken = await linkTake(tx, hash, 'emailChange');
    const account = taken && (await accountById(tx, taken.accountId));
    owner.account = account;
    const email = taken?.email;
    if (!account || !email || account.frozen) throw new BasaltError('linkInvalid');
    if (await accountByEmail(tx, email)) throw new BasaltError('nameTaken', { name: email });
    // two links to one address may be opened in the same moment
    await accountChange(tx, account.id, { email }).catch((error: unknown) => {
      throw isUniqueViolation(error) ? new BasaltError('nameTaken', { name: email }) : error;
    });
    // what was mailed to the old address is of no use any more
    await accountLinksVoid(tx, account.id);
    await signInFailuresForget(tx, account.email);
    const text = emailChangedMail(email, { email: account.email, address: caller.address });
    await accountNotice(parts, tx, account, text);
    await operationLogAdd(tx, {
      ...callerEntry(caller),
      operation: 'myAccount.changeEmail',
      accountId: account.id,
      accountName: account.name,
      resources: [{ kind: 'account', id: account.id, name: account.name }],
      result: 'succeeded',
      detail: { email: { from: account.email, to: email } },
    });
    return { account, email };
  });
  parts.sessions.forgetAccount(account.id);
  return email;
}
