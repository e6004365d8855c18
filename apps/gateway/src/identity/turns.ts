import { BasaltError } from '@basalt/contract';

interface Line {
  tail: Promise<unknown>;
  waiting: number;
}

/** Who waits longer than this many others is told to come back. */
const WAITING_MAX = 32;

/** Runs what belongs to one key one after the other, in the order in which it came. @throws BasaltError tooManyRequests. */
export function turnsOpen(): <T>(key: string, run: () => Promise<T>) => Promise<T> {
  const lines = new Map<string, Line>();
  return async (key, run) => {
    const line = lines.get(key) ?? { tail: Promise.resolve(), waiting: 0 };
    if (line.waiting >= WAITING_MAX) throw new BasaltError('tooManyRequests', { seconds: 5 });
    lines.set(key, line);
    line.waiting += 1;
    const mine = line.tail.then(run);
    line.tail = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) lines.delete(key);
    }
  };
}
