/** Work that comes round: one turn at a time, sooner when somebody says that there is something to do, ended in good order. */
import type { Logger } from '@basalt/service';

export interface Loop {
  /** There may be something to do. */
  readonly nudge: () => void;
  /** Waits for the turn under way, which is told to stop. */
  readonly close: () => Promise<void>;
}

export interface LoopOptions {
  readonly name: string;
  readonly everyMs: number;
  /** Turns are passed over while it says no. */
  readonly when?: () => boolean;
  /** Answers `true` when there is more to do at once. */
  readonly turn: (stop: AbortSignal) => Promise<boolean | void>;
  readonly log: Logger;
}

export function loopStart({ name, everyMs, when = () => true, turn, log }: LoopOptions): Loop {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  let underWay: Promise<void> | null = null;
  let isWanted = false;
  let failures = 0;

  const run = async (): Promise<boolean> => {
    if (!when()) return false;
    try {
      const isMore = (await turn(stop.signal)) === true;
      failures = 0;
      return isMore;
    } catch (error) {
      failures += 1;
      // the first is worth a line; the database being away for an hour is not worth a thousand
      if (failures === 1 || failures % 100 === 0) log.warn({ error, work: name, failures }, 'a turn of work failed');
      return false;
    }
  };
  const round = (): void => {
    timer = null;
    isWanted = false;
    underWay = run().then((isMore) => {
      underWay = null;
      if (!stop.signal.aborted) timer = setTimeout(round, (isMore || isWanted) && failures === 0 ? 0 : everyMs);
    });
  };
  timer = setTimeout(round, 0);
  return {
    nudge() {
      isWanted = true;
      if (underWay || stop.signal.aborted) return;
      if (timer) clearTimeout(timer);
      timer = setTimeout(round, 0);
    },
    async close() {
      stop.abort();
      if (timer) clearTimeout(timer);
      await underWay;
    },
  };
}
