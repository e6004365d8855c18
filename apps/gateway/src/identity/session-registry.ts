/**
 * Which session a token stands for. The database is the truth; its answer is kept for a few seconds, because every request
 * asks. What changes here is forgotten at once, and whoever holds a stream or console of it is told; other gateway processes
 * hear of it through the database (store/notices.ts).
 */
import { EventEmitter } from 'node:events';
import type { Logger } from '@basalt/service';
import type { Database } from '../store/database.ts';
import { noticeSend } from '../store/notices.ts';
import {
  sessionById,
  sessionByTokenHash,
  sessionEnd,
  sessionEndIdle,
  sessionEndReason,
  sessionsEndIdle,
  sessionTouch,
  type EndedSession,
  type EndReason,
} from '../store/session-store.ts';
import type { Policy } from './policy.ts';
import type { SecuritySettings } from './security-settings.ts';
import { idleEntryAdd } from './session-entries.ts';
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
  /** How the session of a token ended; null when it never was one. */
  readonly endReasonOf: (token: string) => Promise<EndReason | null>;
  /** When the session ends if the user does nothing more. */
  readonly expiryOf: (session: Pick<SignedIn, 'lastSeenAt' | 'absoluteEnd'>) => Date;
  /** The open session as the database has it now, or null. */
  readonly reload: (sessionId: string) => Promise<SignedIn | null>;
  /** Ends a session for good. */
  readonly end: (sessionId: string, reason: EndReason) => Promise<void>;
  /** Forgets what is known of sessions and tells their streams and consoles to ask again; `ended` ends them. */
  readonly forget: (sessionIds: readonly string[], ended: boolean) => void;
  /**
   * Rights, limits or sessions of an account have changed (null: perhaps of every account): whatever is known of them is
   * forgotten here and in the other gateway processes, and their streams and consoles ask again. To be called after the
   * commit; never throws.
   */
  readonly forgetAccount: (accountId: string | null) => void;
  /** What another process said by {@link forgetAccount}. */
  readonly heard: (accountId: string | null) => void;
  /** Calls back when the session ends on this gateway; returns how to stop listening. */
  readonly onEnd: (sessionId: string, listener: () => void) => () => void;
  /** Calls back when an account's streams must ask again whether they may go on. */
  readonly onChange: (accountId: string, listener: () => void) => () => void;
  /** Ends and logs the sessions that nobody has used for too long, those too that nobody asks for any more. */
  readonly sweep: () => Promise<void>;
}

export interface SessionRegistryParts {
  readonly db: Database;
  readonly settings: SecuritySettings;
  readonly policy: Policy;
  readonly log: Logger;
}

export function sessionRegistryOpen({ db, settings, policy, log }: SessionRegistryParts): SessionRegistry {
  const cache = new Map<string, Entry>();
  const ends = new EventEmitter().setMaxListeners(0);
  const changes = new EventEmitter().setMaxListeners(0);
  const idleMs = (): number => policy.now().session.idleMinutes * 60_000;
  const warn =
    (what: string) =>
    (error: unknown): void =>
      log.warn({ error }, what);

  const end = (sessionId: string, reason: EndReason): void => {
    sessionEnd(db, sessionId, reason).catch(warn('a session could not be ended'));
    ends.emit(sessionId);
  };

  const load = async (hash: Buffer): Promise<SignedIn | null> => {
    const row = await sessionByTokenHash(db, hash);
    if (!row) return null;
    if (row.account.frozen) {
      await sessionEnd(db, row.session.id, 'frozen');
      ends.emit(row.session.id);
      return null;
    }
    return signedInOf(row, policy.now());
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
    const drop = (): void => void (cache.get(key)?.found === found && cache.delete(key));
    found.then((session) => session ?? drop(), drop);
    return found;
  };

  const written = new Map<string, number>();
  const touch = (session: SignedIn, now: number): void => {
    session.lastSeenAt = now;
    if (now - (written.get(session.sessionId) ?? 0) < TOUCH_MS) return;
    if (written.size >= CACHE_MAX) written.clear();
    written.set(session.sessionId, now);
    sessionTouch(db, session.sessionId, new Date(now)).catch(warn('a session’s last use was not written'));
  };

  /** Drops what is kept of the sessions that `gone` picks, also of those that are being read just now. */
  const drop = (gone: (session: SignedIn) => boolean): void => {
    for (const [key, { found }] of cache) {
      found.then(
        (session) => session && gone(session) && cache.get(key)?.found === found && cache.delete(key),
        () => undefined,
      );
    }
  };
  const forget = (sessionIds: readonly string[], ended: boolean): void => {
    const gone = new Set(sessionIds);
    drop(({ sessionId }) => gone.has(sessionId));
    if (ended) for (const id of gone) ends.emit(id);
  };
  const heard = (accountId: string | null): void => {
    if (accountId === null) cache.clear();
    else drop((session) => session.accountId === accountId);
    for (const id of accountId === null ? changes.eventNames() : [accountId]) changes.emit(id);
  };

  /** Ends an idle session unless another process knows of a later use; told once in the log. */
  const endIdle = async (session: SignedIn): Promise<boolean> => {
    const ended = await db.transaction(async (tx) => {
      const found = await sessionEndIdle(tx, session.sessionId, new Date(Date.now() - idleMs()));
      if (found) await idleEntryAdd(tx, [{ ...found, accountName: session.name }]);
      return found;
    });
    if (ended) ends.emit(session.sessionId);
    return ended !== null;
  };

  return {
    async resolve(token, background) {
      if (token.length > 128) return null;
      let session = await find(token);
      if (!session) return null;
      const now = Date.now();
      if (now > session.lastSeenAt + idleMs() || now > session.absoluteEnd) {
        cache.delete(tokenHash(token).toString('base64'));
        if (now > session.absoluteEnd) {
          end(session.sessionId, 'expired');
          return null;
        }
        if (await endIdle(session)) return null;
        // used elsewhere meanwhile, or ended elsewhere
        session = await load(tokenHash(token));
        if (!session || now > session.lastSeenAt + idleMs()) return null;
      }
      if (!background) touch(session, now);
      return session;
    },
    async endReasonOf(token) {
      return token.length > 128 ? null : sessionEndReason(db, tokenHash(token));
    },
    async reload(sessionId) {
      const row = await sessionById(db, sessionId);
      if (!row || row.account.frozen) return null;
      const session = signedInOf(row, policy.now());
      const isIdle = Date.now() > session.lastSeenAt + idleMs() + TOUCH_MS;
      return isIdle ? null : session;
    },
    async end(sessionId, reason) {
      await sessionEnd(db, sessionId, reason);
      forget([sessionId], true);
    },
    expiryOf: (session) => new Date(Math.min(session.lastSeenAt + idleMs(), session.absoluteEnd)),
    forget,
    forgetAccount(accountId) {
      heard(accountId);
      noticeSend(db, { kind: 'account', accountId }).catch(warn('other gateways were not told of a change'));
    },
    heard,
    onEnd(sessionId, listener) {
      ends.once(sessionId, listener);
      return () => ends.off(sessionId, listener);
    },
    onChange(accountId, listener) {
      changes.on(accountId, listener);
      return () => changes.off(accountId, listener);
    },
    async sweep() {
      // uses of the last seconds may not have been written yet
      const before = new Date(Date.now() - idleMs() - 2 * TOUCH_MS);
      let ended: EndedSession[];
      do {
        ended = await db.transaction(async (tx) => {
          const found = await sessionsEndIdle(tx, before);
          await idleEntryAdd(tx, found);
          return found;
        });
        forget(
          ended.map(({ id }) => id),
          true,
        );
      } while (ended.length === 1_000);
    },
  };
}
