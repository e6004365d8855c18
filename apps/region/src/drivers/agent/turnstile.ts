/** Lets so many through at a time. Whoever takes longer than a while still goes on, but does not count any more. */

/** Resolves when it is the caller's turn, with what to call when done (calling it late does no harm). */
export type Turnstile = (signal: AbortSignal) => Promise<() => void>;

/**
 * @param width how many are through at a time
 * @param patience milliseconds after which one that is still through counts no more
 */
export function turnstile(width: number, patience: number): Turnstile {
  const waiting = new Set<() => void>();
  let inside = 0;

  function enter(): () => void {
    let left = false;
    inside += 1;
    const leave = (): void => {
      if (left) return;
      left = true;
      clearTimeout(timer);
      inside -= 1;
      const [next] = waiting;
      next?.();
    };
    const timer = setTimeout(leave, patience);
    timer.unref();
    return leave;
  }

  return (signal) =>
    new Promise((resolve, reject) => {
      if (inside < width && waiting.size === 0) return resolve(enter());
      const forget = (): void => {
        waiting.delete(turn);
        signal.removeEventListener('abort', stop);
      };
      const turn = (): void => {
        forget();
        resolve(enter());
      };
      const stop = (): void => {
        forget();
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      if (signal.aborted) return stop();
      waiting.add(turn);
      signal.addEventListener('abort', stop, { once: true });
    });
}
