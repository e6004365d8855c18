/**
 * Mails wait in the database until a server has taken them: a mail server that is away delays them and loses none, and no
 * call of a user waits for one. What is queued in a transaction is sent only if that commits.
 */
import type { Sealer } from '@basalt/service';
import type { Executor } from '../store/database.ts';
import { mailOutbox } from '../store/schema.ts';

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

/** Queues a mail in the caller's transaction. Whether mail is set up at all is asked by `mailReady` of settings.ts. */
export async function mailQueue(tx: Executor, seal: Sealer, mail: QueuedMail): Promise<void> {
  await tx.insert(mailOutbox).values({ ...mail, text: seal.seal(mail.text) });
}
