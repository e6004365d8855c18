/** What went wrong on the host, as one of the contract's errors. The host's name is put in by the door that knows it. */
import { CephError } from '@basalt/ceph';
import { BasaltError } from '@basalt/contract';

export const refused = (host: string, reason: string): BasaltError => new BasaltError('agentRefused', { host, reason });

/** The call's deadline passed; whether something happened must be asked. */
export const timedOut = (host: string, seconds: number, cause?: unknown): BasaltError =>
  new BasaltError('agentTimedOut', { host, seconds: Math.max(1, Math.round(seconds)) }, { cause });

export const hostFailed = (host: string, reason: string, cause?: unknown): BasaltError =>
  new BasaltError('hostOperationFailed', { host, reason }, { cause });

/** One line, bounded: what tools say may be long. */
const brief = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/gu, ' ').slice(0, 300);

/** A failure of Ceph. `busy` stays for the caller, who knows the watchers. */
export function storageError(error: unknown, seconds: number): BasaltError {
  if (error instanceof BasaltError) return error;
  if (error instanceof CephError && (error.kind === 'timeout' || error.kind === 'aborted'))
    return new BasaltError('storageTimedOut', { seconds: Math.max(1, Math.round(seconds)) }, { cause: error });
  return new BasaltError('storageFailed', { reason: brief(error) }, { cause: error });
}

/** Any failure of an operation on the host, unless it is one of ours already. */
export function operationError(host: string, error: unknown): BasaltError {
  if (error instanceof BasaltError) return error;
  if (error instanceof CephError) return storageError(error, 0);
  return hostFailed(host, brief(error), error);
}
