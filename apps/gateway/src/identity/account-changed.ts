import type { Work } from '../http/change.ts';
import type { Parts } from '../parts.ts';

/**
 * After the commit: what is known of these accounts is forgotten, so that a change of rights holds from the next request,
 * and what runs in sessions that have ended is closed at once.
 */
export function accountsChanged(
  parts: Parts,
  work: Pick<Work, 'after'>,
  accountIds: readonly string[],
  endedSessions: readonly string[] = [],
): void {
  work.after(() => {
    if (endedSessions.length > 0) parts.sessions.forget(endedSessions, true);
    if (accountIds.length > 20) parts.sessions.forgetAccount(null);
    else for (const id of accountIds) parts.sessions.forgetAccount(id);
  });
}
