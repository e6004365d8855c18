/** What the gateway does without being asked; all of it ends with `close`. */
import { feedTurn } from '../log/feed.ts';
import { headsTurn } from '../log/heads-turn.ts';
import { rulesTurn } from '../log/rules.ts';
import { syslogTurn } from '../log/syslog.ts';
import { mailTurn } from '../mail/sender.ts';
import type { Parts } from '../parts.ts';
import { webhookWorkOpen } from '../webhooks/work.ts';
import { leadershipSeek } from './leader.ts';
import { loopStart } from './loop.ts';

export interface Background {
  readonly close: () => Promise<void>;
}

export function backgroundStart(parts: Parts, databaseUrl: string): Background {
  const { log, wake, work } = parts;
  const leadership = leadershipSeek(databaseUrl, log, () => {
    for (const loop of [mail, feed, rules, syslog, webhooks]) loop.nudge();
  });
  /** What one of all gateways does. */
  const leading = { log, when: leadership.isHeld };
  const mail = loopStart({
    ...leading,
    name: 'mail',
    everyMs: work.mail.everyMs,
    turn: mailTurn({ ...parts, ...work.mail }),
  });
  const feed = loopStart({
    ...leading,
    name: 'regions’ logs',
    everyMs: work.feed.everyMs,
    turn: feedTurn({ ...parts, ...work.feed }),
  });
  const rules = loopStart({
    ...leading,
    name: 'rules of the log',
    everyMs: work.rules.everyMs,
    turn: rulesTurn({ ...parts, ...work.rules, locale: parts.defaultLocale }),
  });
  const syslog = loopStart({
    ...leading,
    name: 'syslog',
    everyMs: work.syslog.everyMs,
    turn: syslogTurn({ ...parts, ...work.syslog }),
  });
  const webhookWork = webhookWorkOpen({
    ...parts,
    ...parts.webhooks,
    ...work.webhooks,
    // a try may take its deadline, and its record some time more
    holdMs: work.webhooks.deadlineMs + 10_000,
    isLeading: leadership.isHeld,
  });
  const webhooks = loopStart({
    ...leading,
    name: 'webhooks',
    everyMs: work.webhooks.everyMs,
    turn: webhookWork.turn,
  });
  // each gateway signs for itself, into its own state directory
  const heads = loopStart({
    log,
    name: 'signed heads',
    everyMs: work.heads.everyMs,
    turn: headsTurn({ ...parts, ...work.heads }),
  });
  wake.on('mail', mail.nudge);
  wake.on('feed', feed.nudge);
  wake.on('syslog', syslog.nudge);
  wake.on('webhooks', webhooks.nudge);
  return {
    async close() {
      await Promise.all([mail, feed, rules, syslog, webhooks, heads].map((loop) => loop.close()));
      await webhookWork.settled();
      await leadership.close();
    },
  };
}
