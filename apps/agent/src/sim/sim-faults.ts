/** What can be made to go wrong on a simulated host. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BasaltError, type ErrorCode, type ErrorParams } from '@basalt/contract';
import type { Intercept } from '../host.types.ts';

export type SimFault =
  /** Refuses with this error. */
  | { readonly kind: 'fail'; readonly code: ErrorCode; readonly params?: ErrorParams | undefined }
  /** Never answers; nothing is done. */
  | { readonly kind: 'hang' }
  /** Done after `ms`. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Done and recorded, but the answer never comes. */
  | { readonly kind: 'loseAnswer' };

interface Armed {
  /** `domain.ensureRunning`, or `*` for any operation. */
  readonly operation: string;
  readonly fault: SimFault;
  left: number;
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

export class SimFaults implements Intercept {
  #armed: Armed[] = [];

  /** Arms a fault for the next `times` calls of an operation. */
  arm(operation: string, fault: SimFault, times = 1): void {
    this.#armed.push({ operation, fault, left: times });
  }

  clear(): void {
    this.#armed = [];
  }

  async before(operation: string, signal: AbortSignal): Promise<void> {
    const fault = this.#next(operation, (kind) => kind !== 'loseAnswer');
    if (fault?.kind === 'fail') throw new BasaltError(fault.code, fault.params ?? {});
    if (fault?.kind === 'delay') await sleep(fault.ms, undefined, { signal });
    if (fault?.kind === 'hang') await untilAborted(signal);
  }

  async after(operation: string, signal: AbortSignal): Promise<void> {
    if (this.#next(operation, (kind) => kind === 'loseAnswer')) await untilAborted(signal);
  }

  #next(operation: string, wanted: (kind: SimFault['kind']) => boolean): SimFault | null {
    const found = this.#armed.find(
      ({ operation: armed, fault, left }) => left > 0 && wanted(fault.kind) && (armed === '*' || armed === operation),
    );
    if (!found) return null;
    found.left -= 1;
    if (found.left === 0) this.#armed = this.#armed.filter((one) => one !== found);
    return found.fault;
  }
}
