import { and, asc, eq, gt, isNull, ne, type SQL } from 'drizzle-orm';
import type { AccountRow } from './account-store.ts';
import { bindingFactsOf, type BindingFact } from './role-store.ts';
import type { Executor } from './database.ts';
import { accounts, sessions } from './schema.ts';

export type SessionRow = typeof sessions.$inferSelect;
export type EndReason =
  | 'signedOut'
  | 'idle'
  | 'tooMany'
  | 'replaced'
  | 'passwordChanged'
  | 'frozen'
  | 'ended'
  | 'endedByAdministrator';

export interface SessionWithAccount {
  readonly session: SessionRow;
  readonly account: AccountRow;
  readonly bindings: readonly BindingFact[];
}

/** The open session of a token's hash with its account; whether it is idle too long is for the caller to say. */
export const sessionByTokenHash = (db: Executor, tokenHash: Buffer): Promise<SessionWithAccount | null> =>
  sessionOpenWhere(db, eq(sessions.tokenHash, tokenHash));

export const sessionById = (db: Executor, id: string): Promise<SessionWithAccount | null> =>
  sessionOpenWhere(db, eq(sessions.id, id));

async function sessionOpenWhere(db: Executor, which: SQL): Promise<SessionWithAccount | null> {
  const [row] = await db
    .select({ session: sessions, account: accounts, bindings: bindingFactsOf(accounts.id) })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.id, sessions.accountId))
    .where(and(which, isNull(sessions.endedAt), gt(sessions.absoluteEnd, new Date())))
    .limit(1);
  return row ?? null;
}

export async function sessionAdd(db: Executor, row: typeof sessions.$inferInsert): Promise<void> {
  await db.insert(sessions).values(row);
}

export async function sessionTouch(db: Executor, id: string, at: Date): Promise<void> {
  await db.update(sessions).set({ lastSeenAt: at }).where(eq(sessions.id, id));
}

/** Ends one session; tells whether it was open. */
export async function sessionEnd(db: Executor, id: string, reason: EndReason): Promise<boolean> {
  const { rowCount } = await db
    .update(sessions)
    .set({ endedAt: new Date(), endReason: reason })
    .where(and(eq(sessions.id, id), isNull(sessions.endedAt)));
  return rowCount === 1;
}

/** Ends the account's open sessions but `keep`; their ids. */
export async function sessionEndOthers(
  db: Executor,
  accountId: string,
  keep: string | null,
  reason: EndReason,
): Promise<string[]> {
  const ended = await db
    .update(sessions)
    .set({ endedAt: new Date(), endReason: reason })
    .where(
      and(
        eq(sessions.accountId, accountId),
        isNull(sessions.endedAt),
        keep === null ? undefined : ne(sessions.id, keep),
      ),
    )
    .returning({ id: sessions.id });
  return ended.map(({ id }) => id);
}

/** Ids of the account's open sessions that a person signed in to, oldest first. */
export async function sessionsOpenOf(db: Executor, accountId: string, notIdleSince: Date): Promise<string[]> {
  const open = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.accountId, accountId),
        eq(sessions.origin, 'signIn'),
        isNull(sessions.endedAt),
        gt(sessions.lastSeenAt, notIdleSince),
      ),
    )
    .orderBy(asc(sessions.createdAt), asc(sessions.id));
  return open.map(({ id }) => id);
}
