/**
 * Who may write a workbook now. Each one under way holds a connection to the database and its share of memory, so only a few
 * are at a time, one of each account; the others wait in the order in which they came.
 */
import { BasaltError } from '@basalt/contract';

export interface ExportLineOptions {
  readonly atOnce: number;
  /** Waiting at the same time; whoever comes after them is refused. */
  readonly waiting: number;
  readonly waitMs: number;
}

export interface ExportPlace {
  /** Resolves when it may begin. @throws BasaltError tooManyRequests after the longest wait; the signal's reason. */
  readonly turn: (gone: AbortSignal) => Promise<void>;
  /** To be called in the end, whatever came of it. */
  readonly leave: () => void;
}

interface Standing {
  readonly accountId: string;
  readonly begin: PromiseWithResolvers<void>;
  underWay: boolean;
}

const RETRY_SECONDS = 10;

/** @returns takes a place in the line; throws BasaltError tooManyRequests when too many wait already. */
export function exportLineOpen({ atOnce, waiting, waitMs }: ExportLineOptions): (accountId: string) => ExportPlace {
  const line: Standing[] = [];
  const underWay = (): Standing[] => line.filter((each) => each.underWay);
  const advance = (): void => {
    for (const each of line) {
      if (underWay().length >= atOnce) return;
      if (each.underWay || underWay().some(({ accountId }) => accountId === each.accountId)) continue;
      each.underWay = true;
      each.begin.resolve();
    }
  };
  return (accountId) => {
    if (line.length - underWay().length >= waiting)
      throw new BasaltError('tooManyRequests', { seconds: RETRY_SECONDS });
    const mine: Standing = { accountId, begin: Promise.withResolvers(), underWay: false };
    line.push(mine);
    advance();
    return {
      async turn(gone) {
        const late = AbortSignal.timeout(waitMs);
        const stop = AbortSignal.any([gone, late]);
        const give = (): void => mine.begin.reject(stop.reason);
        stop.addEventListener('abort', give, { once: true });
        if (stop.aborted) give();
        try {
          await mine.begin.promise;
        } catch (cause) {
          throw gone.aborted ? cause : new BasaltError('tooManyRequests', { seconds: RETRY_SECONDS }, { cause });
        } finally {
          stop.removeEventListener('abort', give);
        }
      },
      leave() {
        const at = line.indexOf(mine);
        if (at >= 0) line.splice(at, 1);
        advance();
      },
    };
  };
}
