/** Mails to the holder of an account, in the language that he has chosen. */
import type { Locale } from '@basalt/contract';
import { mailQueue } from '../mail/outbox.ts';
import type { Parts } from '../parts.ts';
import type { AccountRow } from '../store/account-store.ts';
import type { Executor } from '../store/database.ts';
import { settingGet } from '../store/setting-store.ts';
import type { MailText } from './mail-texts.ts';

/** Whether mail is set up, so that what needs it can be offered. */
export const mailIsOn = async (db: Executor): Promise<boolean> =>
  (await settingGet(db, 'mail'))?.value['enabled'] === true;

export interface AccountMail {
  /** The account's own address unless told otherwise. */
  readonly to?: string;
  readonly text: MailText;
  /** Of no use later than this. */
  readonly expiresAt: Date;
  /** Where the account has chosen none. */
  readonly locale?: Locale | undefined;
}

const WEEK_MS = 7 * 86_400_000;
export const inAWeek = (): Date => new Date(Date.now() + WEEK_MS);

/** Queues a mail in the caller's transaction; nothing when mail is not set up. */
export async function accountMail(
  { seal, defaultLocale }: Pick<Parts, 'seal' | 'defaultLocale'>,
  tx: Executor,
  account: Pick<AccountRow, 'email' | 'locale'>,
  { to, text, expiresAt, locale }: AccountMail,
): Promise<void> {
  if (!(await mailIsOn(tx))) return;
  const { subject, lines } = text[account.locale ?? locale ?? defaultLocale];
  await mailQueue(tx, seal, { to: to ?? account.email, subject, text: `${lines.join('\n\n')}\n`, expiresAt });
}
