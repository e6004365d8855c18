/**
 * A restarting PostgreSQL must not turn every running task into a failed one: what failed because the connection went away
 * is tried again. Only for work that is safe to repeat, as steps and journal entries are.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresFailure } from '../store/database.ts';

const PATIENCE = 60_000;
/** Connection exceptions, shutdown, start-up, too many connections. */
const isPassing = (code: string): boolean =>
  code.startsWith('08') || ['57P01', '57P02', '57P03', '53300'].includes(code);
const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** True when the database could not be reached, which says nothing about the statement itself. */
export function isDatabaseGone(error: unknown): boolean {
  const failure = postgresFailure(error);
  if (failure && isPassing(failure.code)) return true;
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && networkCodes.has(at.code) && 'syscall' in at) return true;
    if (/^(Connection terminated|timeout exceeded when trying to connect)/u.test(at.message)) return true;
  }
  return false;
}

export async function databasePatient<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseGone(error) || Date.now() + wait > end) throw error;
      await sleep(wait, undefined, signal ? { signal } : {});
    }
  }
}
