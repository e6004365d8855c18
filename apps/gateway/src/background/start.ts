/** What the gateway does without being asked; all of it ends with `close`. */
import { mailTurn } from '../mail/sender.ts';
import type { Parts } from '../parts.ts';
import { leadershipSeek } from './leader.ts';
import { loopStart } from './loop.ts';

export interface Background {
  readonly close: () => Promise<void>;
}

export function backgroundStart(parts: Parts, databaseUrl: string): Background {
  const { log, wake, work } = parts;
  const leadership = leadershipSeek(databaseUrl, log);
  const mail = loopStart({
    name: 'mail',
    log,
    everyMs: work.mail.everyMs,
    when: leadership.isHeld,
    turn: mailTurn({ ...parts, deadlines: work.mail.deadlines, backOffMs: work.mail.backOffMs }),
  });
  wake.on('mail', mail.nudge);
  return {
    async close() {
      await Promise.all([mail.close()]);
      await leadership.close();
    },
  };
}
