/**
 * Which session a token stands for. The database is the truth; its answer is kept for a few seconds, because every request
 * asks. A session that ends here is forgotten at once and whoever holds a stream or console of it is told.
 */
import { EventEmitter } from 'node:events';
import type { Logger } from '@basalt/service';
import type { Database } from '../store/database.ts';
import { sessionById, sessionByTokenHash, sessionEnd, sessionTouch, type EndReason } from '../store/session-store.ts';
import type { SecuritySettings } from './security-settings.ts';
import { signedInOf, type SignedIn } from './signed-in.ts';
import { tokenHash } from './token.ts';

const TOUCH_MS = 30_000;
const CACHE_MAX = 20_000;

interface Entry {
  readonly found: Promise<SignedIn | null>;
  readonly until: number;
}

export interface SessionRegistry {
  /** Who the token stands for, or null. `background`: the request is no action of the user and keeps nothing alive. */
  readonly resolve: (token: string, background: boolean) => Promise<SignedIn | null>;
  /** When the session ends if the user does nothing more. */
  readonly expiryOf: (session: SignedIn) => Date;
  /** The open session as the database has it now, or null. */
  readonly reload: (sessionId: string) => Promise<SignedIn | null>;
  /** Ends a session for good. */
  readonly end: (sessionId: string, reason: EndReason) => Promise<void>;
  /** Forgets what is known of sessions and tells their streams and consoles to ask again; `ended` ends them. */
  readonly forget: (sessionIds: readonly string[], ended: boolean) => void;
  /** Calls back when the session ends on this gateway; returns how to stop listening. */
  readonly onEnd: (sessionId: string, listener: () => void) => () => void;
}

export function sessionRegistryOpen(db: Database, settings: SecuritySettings, log: Logger): SessionRegistry {
  const cache = new Map<string, Entry>();
  const ends = new EventEmitter().setMaxListeners(0);
  const idleMs = settings.session.idleMinutes * 60_000;

  const end = (sessionId: string, reason: EndReason): void => {
    sessionEnd(db, sessionId, reason).catch((error: unknown) =>
      log.warn({ error, sessionId }, 'a session could not be ended'),
    );
    ends.emit(sessionId);
  };

  const load = async (hash: Buffer): Promise<SignedIn | null> => {
    const row = await sessionByTokenHash(db, hash);
    if (!row) return null;
    if (row.account.frozen) {
      end(row.session.id, 'frozen');
      return null;
    }
    return signedInOf(row);
  };

  const find = async (token: string): Promise<SignedIn | null> => {
    const hash = tokenHash(token);
    const key = hash.toString('base64');
    const now = Date.now();
    const known = cache.get(key);
    if (known && known.until > now) return known.found;
    if (cache.size >= CACHE_MAX) cache.clear();
    const before = await known?.found.catch(() => null);
    const found = load(hash).then((session) => {
      // the touch of the last seconds may not have been written yet
      if (session && before) session.lastSeenAt = Math.max(session.lastSeenAt, before.lastSeenAt);
      return session;
    });
    cache.set(key, { found, until: now + settings.sessionCacheMs });
    found.then(
      (session) => session ?? cache.delete(key),
      () => cache.delete(key),
    );
    return found;
  };

  const written = new Map<string, number>();
  const touch = (session: SignedIn, now: number): void => {
    session.lastSeenAt = now;
    if (now - (written.get(session.sessionId) ?? 0) < TOUCH_MS) return;
    if (written.size >= CACHE_MAX) written.clear();
    written.set(session.sessionId, now);
    sessionTouch(db, session.sessionId, new Date(now)).catch((error: unknown) =>
      log.warn({ error }, 'a session’s last use was not written'),
    );
  };

  const forget = (sessionIds: readonly string[], ended: boolean): void => {
    const gone = new Set(sessionIds);
    for (const [key, { found }] of cache) {
      found.then(
        (session) => session && gone.has(session.sessionId) && cache.delete(key),
        () => undefined,
      );
    }
    if (ended) for (const id of gone) ends.emit(id);
  };

  return {
    async resolve(token, background) {
      if (token.length > 128) return null;
      const session = await find(token);
      if (!session) return null;
      const now = Date.now();
      if (now > session.lastSeenAt + idleMs || now > session.absoluteEnd) {
        cache.delete(tokenHash(token).toString('base64'));
        end(session.sessionId, 'idle');
        return null;
      }
      if (!background) touch(session, now);
      return session;
    },
    async reload(sessionId) {
      const row = await sessionById(db, sessionId);
      if (!row || row.account.frozen) return null;
      const session = signedInOf(row);
      const isIdle = Date.now() > session.lastSeenAt + idleMs + TOUCH_MS;
      return isIdle ? null : session;
    },
    async end(sessionId, reason) {
      await sessionEnd(db, sessionId, reason);
      forget([sessionId], true);
    },
    expiryOf: (session) => new Date(Math.min(session.lastSeenAt + idleMs, session.absoluteEnd)),
    forget,
    onEnd(sessionId, listener) {
      ends.once(sessionId, listener);
      return () => ends.off(sessionId, listener);
    },
  };
}
