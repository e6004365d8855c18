/** Mails to the holder of an account, in the language that he has chosen. */
import { BasaltError, type Locale } from '@basalt/contract';
import { mailQueue } from '../mail/outbox.ts';
import { mailReady } from '../mail/settings.ts';
import type { Parts } from '../parts.ts';
import type { AccountRow } from '../store/account-store.ts';
import type { Executor } from '../store/database.ts';
import type { MailText } from './mail-texts.ts';

const WEEK_MS = 7 * 86_400_000;

export interface AccountMail {
  /** The account's own address unless told otherwise. */
  readonly to?: string;
  readonly text: MailText;
  /** Of no use later than this. */
  readonly expiresAt: Date;
  /** Where the account has chosen none. */
  readonly locale?: Locale | undefined;
}

type Holder = Pick<AccountRow, 'email' | 'locale'>;
type MailParts = Pick<Parts, 'seal' | 'defaultLocale'>;

/** Queues a mail in the caller's transaction; nothing when mail is not set up. @throws BasaltError limitReached. */
export async function accountMail(
  { seal, defaultLocale }: MailParts,
  tx: Executor,
  account: Holder,
  { to, text, expiresAt, locale }: AccountMail,
): Promise<void> {
  if (!(await mailReady(tx))) return;
  const { subject, lines } = text[account.locale ?? locale ?? defaultLocale];
  await mailQueue(tx, seal, { to: to ?? account.email, subject, text: `${lines.join('\n\n')}\n`, expiresAt });
}

/** Tells the holder what has happened to his account. What happens must not fail because mails pile up. */
export async function accountNotice(parts: MailParts, tx: Executor, account: Holder, text: MailText): Promise<void> {
  try {
    await accountMail(parts, tx, account, { text, expiresAt: new Date(Date.now() + WEEK_MS) });
  } catch (error) {
    if (!(error instanceof BasaltError && error.code === 'limitReached')) throw error;
  }
}
