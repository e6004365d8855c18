/** Work in order, one at a time per key; the time spent waiting counts. */
import { LibvirtError } from './errors.ts';

export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /**
   * Runs `work` after everything queued earlier under `key` has ended, with the milliseconds that are left.
   * Throws LibvirtError of kind `timeout` or `aborted` when its turn does not come in time; `work` is then not run.
   */
  async run<T>(
    key: string,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
    work: (leftMs: number) => Promise<T>,
  ): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    const before = this.#tails.get(key) ?? Promise.resolve();
    const { promise: done, resolve: leave } = Promise.withResolvers<void>();
    const tail = before.then(() => done);
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    try {
      await this.#turn(before, timeoutMs, signal);
      return await work(Math.max(1, deadline - performance.now()));
    } finally {
      leave();
    }
  }

  #turn(before: Promise<unknown>, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (error?: LibvirtError): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        if (error) reject(error);
        else resolve();
      };
      const onAbort = (): void =>
        finish(
          new LibvirtError({ kind: 'aborted', message: 'given up while waiting its turn', cause: signal?.reason }),
        );
      const timer = setTimeout(
        () => finish(new LibvirtError({ kind: 'timeout', message: `its turn did not come within ${timeoutMs} ms` })),
        timeoutMs,
      );
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      void before.then(() => finish());
    });
  }
}
