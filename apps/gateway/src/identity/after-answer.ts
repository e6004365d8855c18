/** Work that goes on after the answer was given, one after the other, so that how long it takes tells nobody anything. */
import type { Logger } from '@basalt/service';

const WAITING_MAX = 1_000;

export interface AfterAnswer {
  /** Takes the work over; drops it when too much waits already. Never throws. */
  readonly add: (what: string, work: () => Promise<void>) => void;
  /** When everything that waits is done. */
  readonly settled: () => Promise<void>;
}

export function afterAnswerOpen(log: Logger): AfterAnswer {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    add(what, work) {
      if (waiting >= WAITING_MAX) return log.warn({ what }, 'too much work waits; this is dropped');
      waiting += 1;
      last = last
        .then(work)
        .catch((error: unknown) => log.error({ error, what }, 'work after an answer failed'))
        .finally(() => (waiting -= 1));
    },
    settled: () => last,
  };
}
