/** Paces of what the gateway does by itself. One object, so that tests can shorten it. Milliseconds where not said otherwise. */
import { mailDeadlines, type MailDeadlines } from '../mail/smtp-session.ts';
import type { Resolve } from '../webhooks/resolve.ts';

export interface BackgroundSettings {
  readonly mail: { readonly everyMs: number; readonly backOffMs: number; readonly deadlines: MailDeadlines };
  /** Taking regions' logs. */
  readonly feed: { readonly everyMs: number; readonly deadlineMs: number };
  /** A signed head after so long or so many entries. */
  readonly heads: { readonly everyMs: number; readonly afterMs: number; readonly afterEntries: number };
  /** Telling by rules: one mail per rule and turn, at most so many entries in it. */
  readonly rules: { readonly everyMs: number; readonly entriesPerMail: number };
  readonly syslog: { readonly everyMs: number; readonly deadlineMs: number; readonly batch: number };
  /** Bringing events to webhooks; the deadline is of one message, `backOffMs` the wait after its first failure. */
  readonly webhooks: {
    readonly everyMs: number;
    readonly deadlineMs: number;
    readonly regionDeadlineMs: number;
    readonly backOffMs: number;
    readonly inFlight: number;
    /** How names are resolved; by the system unless given. */
    readonly resolve?: Resolve;
  };
}

export const backgroundDefaults: BackgroundSettings = {
  mail: { everyMs: 2_000, backOffMs: 10_000, deadlines: mailDeadlines },
  feed: { everyMs: 3_000, deadlineMs: 10_000 },
  heads: { everyMs: 10_000, afterMs: 300_000, afterEntries: 1_000 },
  rules: { everyMs: 60_000, entriesPerMail: 50 },
  syslog: { everyMs: 2_000, deadlineMs: 10_000, batch: 500 },
  webhooks: { everyMs: 1_000, deadlineMs: 10_000, regionDeadlineMs: 10_000, backOffMs: 5_000, inFlight: 16 },
};
