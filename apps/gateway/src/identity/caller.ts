import { BasaltError } from '@basalt/contract';
import type { LogEntry } from '../store/operation-log-store.ts';

/** From where a request comes, before it is known whose it is. */
export interface Caller {
  readonly address: string;
  readonly client: string;
  readonly requestId: string;
}

/** The caller's part of an entry of the operation log. */
export const callerEntry = ({ address, client, requestId }: Caller) =>
  ({ address, client, requestId, via: 'console' }) as const satisfies Partial<LogEntry>;

export const accountLocked = (until: Date, now: Date): BasaltError =>
  new BasaltError('accountLocked', { minutes: Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 60_000)) });
