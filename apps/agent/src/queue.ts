/** One thing after another per key: operations on one VM never overlap, those on different VMs do. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `act` when everything queued before under `key` has settled. A waiter that is aborted leaves the queue unrun. */
  async run<T>(key: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const turn = Promise.withResolvers<void>();
    const tail = before.then(() => turn.promise);
    this.#tails.set(key, tail);
    try {
      await Promise.race([before, aborted(signal)]);
      signal.throwIfAborted();
      return await act();
    } finally {
      // A waiter that gave up must not let the next one past what still runs before it: `tail` waits for `before` itself.
      turn.resolve();
      if (this.#tails.get(key) === tail) void tail.then(() => this.#forget(key, tail));
    }
  }

  /** Keys with something queued or running. */
  get size(): number {
    return this.#tails.size;
  }

  #forget(key: string, tail: Promise<void>): void {
    if (this.#tails.get(key) === tail) this.#tails.delete(key);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
