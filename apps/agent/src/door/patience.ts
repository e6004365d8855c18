/** What may be asked again when it got no answer, and how long that is worth while. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BasaltError } from '@basalt/contract';

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/** Codes of the system and of undici that say: nobody was there, or the connection broke. */
const broken =
  /^(?:ECONN|EPIPE$|ETIMEDOUT$|EHOST|ENET|EAI_AGAIN$|ERR_SSL_UNEXPECTED_EOF|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT|DESTROYED|CLOSED)$)/u;

/** Whether the same again may end otherwise: a connection that failed or broke, a deadline, a region that is not able to now. */
export function isPassing(error: unknown): boolean {
  if (error instanceof BasaltError) return error.retryable || error.status >= 500;
  if (!(error instanceof Error)) return false;
  if (error.name === 'TimeoutError') return true;
  if ('code' in error && typeof error.code === 'string' && broken.test(error.code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isPassing);
  return isPassing(error.cause);
}

export interface Patience {
  readonly patienceMs: number;
  readonly signal?: AbortSignal;
  readonly onRetry?: (error: Error, waitMs: number) => void;
}

/** Runs `attempt` until it ends otherwise than by what passes, or patience does; waits longer each time, with jitter. */
export async function patiently<T>(attempt: () => Promise<T>, { patienceMs, signal, onRetry }: Patience): Promise<T> {
  const end = Date.now() + patienceMs;
  for (let longest = FIRST_MS; ; longest = Math.min(longest * 2, LONGEST_MS)) {
    try {
      signal?.throwIfAborted();
      return await attempt();
    } catch (error) {
      const wait = Math.round(longest * (0.5 + Math.random() / 2));
      if (signal?.aborted || !isPassing(error) || Date.now() + wait > end) throw error;
      onRetry?.(error as Error, wait);
      await sleep(wait, undefined, signal ? { signal } : {});
    }
  }
}
