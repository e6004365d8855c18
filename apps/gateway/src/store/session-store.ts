import { and, asc, desc, eq, gt, inArray, isNull, lt, ne, or, type SQL } from 'drizzle-orm';
import type { AccountRow } from './account-store.ts';
import { bindingFactsOf, type BindingFact } from './role-store.ts';
import type { Executor } from './database.ts';
import { accounts, sessions } from './schema.ts';

export type SessionRow = typeof sessions.$inferSelect;
export type EndReason =
  | 'signedOut'
  | 'idle'
  /** Its longest time was over. */
  | 'expired'
  | 'tooMany'
  | 'replaced'
  | 'passwordChanged'
  | 'frozen'
  | 'ended'
  | 'endedByAdministrator'
  | 'deleted';

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

/** How the session of a token's hash ended; null while it is open, or when there never was one. */
export async function sessionEndReason(db: Executor, tokenHash: Buffer): Promise<EndReason | null> {
  const [row] = await db
    .select({ endReason: sessions.endReason, endedAt: sessions.endedAt, absoluteEnd: sessions.absoluteEnd })
    .from(sessions)
    .where(eq(sessions.tokenHash, tokenHash))
    .limit(1);
  if (!row) return null;
  if (row.endedAt) return row.endReason as EndReason;
  return row.absoluteEnd <= new Date() ? 'expired' : null;
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

export interface EndedSession {
  readonly id: string;
  readonly accountId: string;
  readonly address: string;
  readonly client: string;
}

/** Ends one session unless it has been used since; what it was, or null. */
export async function sessionEndIdle(db: Executor, id: string, notUsedSince: Date): Promise<EndedSession | null> {
  const [ended] = await db
    .update(sessions)
    .set({ endedAt: new Date(), endReason: 'idle' })
    .where(and(eq(sessions.id, id), isNull(sessions.endedAt), lt(sessions.lastSeenAt, notUsedSince)))
    .returning(endedColumns);
  return ended ?? null;
}

/** Ends every session that nobody has used since then; at most a thousand at once. */
export async function sessionsEndIdle(db: Executor, notUsedSince: Date): Promise<EndedSession[]> {
  const idle = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isNull(sessions.endedAt), lt(sessions.lastSeenAt, notUsedSince)))
    .limit(1_000)
    .for('update', { skipLocked: true });
  return db
    .update(sessions)
    .set({ endedAt: new Date(), endReason: 'idle' })
    .where(inArray(sessions.id, idle))
    .returning(endedColumns);
}

const endedColumns = {
  id: sessions.id,
  accountId: sessions.accountId,
  address: sessions.address,
  client: sessions.client,
};

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

const openOf = (accountId: string, notIdleSince: Date) =>
  and(
    eq(sessions.accountId, accountId),
    isNull(sessions.endedAt),
    gt(sessions.lastSeenAt, notIdleSince),
    gt(sessions.absoluteEnd, new Date()),
  );

/** The account's open sessions that a person signed in to, oldest first. */
export const sessionsOpenOf = (db: Executor, accountId: string, notIdleSince: Date): Promise<EndedSession[]> =>
  db
    .select(endedColumns)
    .from(sessions)
    .where(and(openOf(accountId, notIdleSince), eq(sessions.origin, 'signIn')))
    .orderBy(asc(sessions.createdAt), asc(sessions.id));

/** All open sessions of the account, newest first. */
export const sessionRowsOf = (db: Executor, accountId: string, notIdleSince: Date): Promise<SessionRow[]> =>
  db
    .select()
    .from(sessions)
    .where(openOf(accountId, notIdleSince))
    .orderBy(desc(sessions.createdAt), desc(sessions.id));

/** What was found out about the password of a session's account when it was changed in it. */
export async function sessionPasswordComplies(db: Executor, id: string): Promise<void> {
  await db.update(sessions).set({ passwordComplies: true }).where(eq(sessions.id, id));
}

/** Forgets sessions that were over before then: nobody's browser asks for them any more. */
export async function sessionsPrune(db: Executor, before: Date): Promise<void> {
  await db.delete(sessions).where(or(lt(sessions.endedAt, before), lt(sessions.absoluteEnd, before)));
}
