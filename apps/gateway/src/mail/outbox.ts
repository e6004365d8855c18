/**
 * Mails wait in the database until a server has taken them: a mail server that is away delays them and loses none, and no
 * call of a user waits for one. What is queued in a transaction is sent only if that commits.
 */
import { sql } from 'drizzle-orm';
import { BasaltError, both } from '@basalt/contract';
import type { Sealer } from '@basalt/service';
import type { Executor } from '../store/database.ts';

export interface QueuedMail {
  /** One address. */
  readonly to: string;
  /** Without the prefix of the settings, which is put before it when it is sent. */
  readonly subject: string;
  /** Plain text; kept sealed until it is sent, for it may hold a link that is as good as a password. */
  readonly text: string;
  /** Later than this it is of no use any more and is given up. */
  readonly expiresAt: Date;
}

/** Mails that may wait at a time; more than that is a fault somewhere, and must not fill the database. */
export const WAITING_MAX = 10_000;

/**
 * Queues a mail in the caller's transaction. Whether mail is set up at all is asked by `mailReady` of settings.ts.
 * @throws BasaltError limitReached when too many wait.
 */
export async function mailQueue(tx: Executor, seal: Sealer, mail: QueuedMail): Promise<void> {
  const { rowCount } = await tx.execute(sql`
    insert into mail_outbox ("to", subject, text, expires_at)
    select ${mail.to}, ${mail.subject}, ${seal.seal(mail.text)}, ${mail.expiresAt.toISOString()}::timestamptz
    where (select count(*) from (
      select 1 from mail_outbox where sent_at is null and failed_at is null limit ${WAITING_MAX}
    ) waiting) < ${WAITING_MAX}`);
  if (rowCount !== 1)
    throw new BasaltError('limitReached', { what: both('待发邮件', 'mails waiting'), max: WAITING_MAX });
}
