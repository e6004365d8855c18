import type { SignedIn } from '../identity/signed-in.ts';
import type { Parts } from '../parts.ts';

/**
 * `address`: from where, which a key may be limited to.
 * Calls `end` once when the session ends or what it may do changes. Ends here are heard at once; ends by another gateway or
 * in the database within `console.recheckSeconds`.
 * @returns how to stop watching.
 */
export function sessionWatch(parts: Parts, session: SignedIn, end: () => void, address = ''): () => void {
  let done = false;
  const stop = (): void => {
    done = true;
    clearInterval(timer);
    unlisten();
    unlistenKey();
  };
  const finish = (): void => {
    if (done) return;
    stop();
    end();
  };
  const grants = (of: SignedIn): string => `${of.rightsKey} ${of.regions ? [...of.regions].join(',') : '*'}`;
  const check = async (): Promise<void> => {
    try {
      const now = session.apiKeyId
        ? await parts.apiKeys.reload(session.apiKeyId, address)
        : await parts.sessions.reload(session.sessionId);
      if (!now || grants(now) !== grants(session)) finish();
    } catch (error) {
      // a database that is away for a moment is no reason to cut everybody off; the next look decides
      parts.log.warn({ error }, 'a session could not be looked at again');
    }
  };
  const timer = setInterval(() => void check(), parts.settings.console.recheckSeconds * 1_000);
  const unlisten = parts.sessions.onEnd(session.sessionId, finish);
  const unlistenKey = session.apiKeyId ? parts.apiKeys.onChange(session.apiKeyId, () => void check()) : () => undefined;
  return stop;
}
