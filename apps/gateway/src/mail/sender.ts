/** Sends what waits in the outbox: one gateway at a time, one mail at a time, later again when the server is away. */
import type { Logger, Sealer } from '@basalt/service';
import type { WorkCounts } from '../background/metrics.ts';
import type { Database } from '../store/database.ts';
import { mailClaim, mailGivenUp, mailPutOff, mailSent, mailsTidy, type MailRow } from '../store/mail-store.ts';
import { mailAccess, type MailAccess } from './settings.ts';
import { mailDeadlines, MailFailure, mailSend, type MailDeadlines } from './smtp-session.ts';

const KEPT_MS = 7 * 24 * 3_600_000;
const AT_ONCE = 50;
/** A sender that is told to stop lets the mail under way end, but not for long. */
const GRACE_MS = 5_000;

export interface MailSenderOptions {
  readonly db: Database;
  readonly seal: Sealer;
  readonly log: Logger;
  readonly deadlines?: MailDeadlines;
  /** Wait after the first failure; doubled each time up to 60 times of it. */
  readonly backOffMs?: number;
  readonly counts: WorkCounts;
}

/** Milliseconds until the next try, with some chance in it so that mails do not all come at once. */
export const backOff = (attempts: number, firstMs: number): number =>
  Math.min(firstMs * 2 ** Math.min(attempts - 1, 20), firstMs * 60) * (0.8 + Math.random() * 0.4);

/**
 * One turn: sends what is due. Answers `true` when there may be more.
 * A failure that is the server's, not the mail's, ends the turn: the others would fail alike.
 */
export function mailTurn({ db, seal, log, deadlines = mailDeadlines, backOffMs = 10_000, counts }: MailSenderOptions) {
  let pauseUntil = 0;
  let troubles = 0;

  const stopLater = (stop: AbortSignal): { signal: AbortSignal; clear: () => void } => {
    const late = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const onStop = (): void => void (timer = setTimeout(() => late.abort(), GRACE_MS));
    stop.addEventListener('abort', onStop, { once: true });
    return {
      signal: late.signal,
      clear() {
        stop.removeEventListener('abort', onStop);
        clearTimeout(timer);
      },
    };
  };

  /** Whether the next one may be tried. */
  const one = async (server: MailAccess, row: MailRow, stop: AbortSignal): Promise<boolean> => {
    const grace = stopLater(stop);
    try {
      const messageId = `${row.id}.${row.createdAt.getTime()}@basalt.invalid`;
      await mailSend(
        server,
        { to: row.to, subject: row.subject, text: seal.unseal(row.text), messageId },
        deadlines,
        grace.signal,
      );
      await mailSent(db, row.id, new Date());
      troubles = 0;
      return true;
    } catch (error) {
      counts.failed('mail');
      const now = new Date();
      const told = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      if (error instanceof MailFailure && error.isFinal) {
        log.warn({ mail: row.id, stage: error.stage, answer: error.answer }, 'a mail was refused for good');
        await mailGivenUp(db, row.id, now, told);
        return true;
      }
      const isServer = error instanceof MailFailure && !['sender', 'recipient', 'content'].includes(error.stage);
      const wait = backOff(row.attempts, backOffMs);
      await mailPutOff(db, row.id, new Date(now.getTime() + wait), told);
      log.warn(
        { error, mail: row.id, attempts: row.attempts, seconds: Math.round(wait / 1_000) },
        'a mail has to wait',
      );
      if (!isServer) return true;
      troubles += 1;
      pauseUntil = now.getTime() + backOff(troubles, backOffMs);
      return false;
    } finally {
      grace.clear();
    }
  };

  return async (stop: AbortSignal): Promise<boolean> => {
    const now = new Date();
    const expired = await mailsTidy(db, now, new Date(now.getTime() - KEPT_MS));
    if (expired > 0) log.warn({ mails: expired }, 'mails expired before a server took them');
    if (now.getTime() < pauseUntil) return false;
    const server = await mailAccess(db, seal);
    if (!server?.enabled || server.host === '') return false;
    for (let sent = 0; sent < AT_ONCE; sent += 1) {
      if (stop.aborted) return false;
      const row = await mailClaim(db, new Date(), deadlines.totalMs + GRACE_MS + 10_000);
      if (!row) return false;
      if (!(await one(server, row, stop))) return false;
    }
    return true;
  };
}
