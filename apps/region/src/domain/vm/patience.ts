/**
 * In the first moments after a region has been restarted, or another process has taken over, no host has been heard yet.
 * An operator who asks for a VM then wants it made, not explained: what only fails for that is tried again for a while,
 * each time in a transaction of its own, so that nothing is held meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BasaltError } from '@basalt/contract';

/** Milliseconds; well below the deadline of a call. */
const PATIENCE = 8_000;
const PAUSE = 250;

/** Until when one request waits for hosts; several parts of one request share it. */
export const patienceEnd = (): number => Date.now() + PATIENCE;

/** @throws BasaltError whatever `act` throws; hostsConnecting only once the time is up. */
export async function hostsAwaited<T>(act: () => Promise<T>, end: number = patienceEnd()): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof BasaltError) || error.code !== 'hostsConnecting' || Date.now() >= end) throw error;
      await sleep(PAUSE);
    }
  }
}
