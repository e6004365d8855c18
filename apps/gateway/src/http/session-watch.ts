import type { SignedIn } from '../identity/signed-in.ts';
import { limitsRefusal } from '../identity/source-limits.ts';
import type { Parts } from '../parts.ts';

/**
 * Calls `end` once when the session ends, when what it may do changes, or when its hours are over. What a gateway process
 * changes is heard at once; what changes in the database or by the clock, within `console.recheckSeconds`.
 * @param address from where, which an account may be limited to.
 * @returns how to stop watching.
 */
export function sessionWatch(parts: Parts, session: SignedIn, end: () => void, address: string): () => void {
  let done = false;
  const stop = (): void => {
    done = true;
    clearInterval(timer);
    unlisten();
    unlistenAccount();
    unlistenKey();
  };
  const finish = (): void => {
    if (done) return;
    stop();
    end();
  };
  const grants = (of: SignedIn): string =>
    `${of.rightsKey} ${of.regions ? [...of.regions].join(',') : '*'} ${of.passwordReason ?? ''}`;
  const check = async (): Promise<void> => {
    try {
      const now = session.apiKeyId
        ? await parts.apiKeys.reload(session.apiKeyId, address)
        : await parts.sessions.reload(session.sessionId);
      if (!now || grants(now) !== grants(session) || limitsRefusal(now.limits, address)) finish();
    } catch (error) {
      // a database that is away for a moment is no reason to cut everybody off; the next look decides
      parts.log.warn({ error }, 'a session could not be looked at again');
    }
  };
  const timer = setInterval(() => void check(), parts.settings.console.recheckSeconds * 1_000);
  const unlisten = parts.sessions.onEnd(session.sessionId, finish);
  const unlistenAccount = parts.sessions.onChange(session.accountId, () => void check());
  const unlistenKey = session.apiKeyId ? parts.apiKeys.onChange(session.apiKeyId, () => void check()) : () => undefined;
  return stop;
}
