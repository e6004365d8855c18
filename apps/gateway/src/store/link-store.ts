/** Links that went out by mail. Of a token only its hash is kept, and it is used up by one statement. */
import { and, count, eq, gt, isNull, lt } from 'drizzle-orm';
import type { Executor } from './database.ts';
import { accountLinks } from './schema.ts';

export type LinkRow = typeof accountLinks.$inferSelect;
export type LinkKind = LinkRow['kind'];

export async function linkAdd(db: Executor, row: typeof accountLinks.$inferInsert): Promise<void> {
  await db.insert(accountLinks).values(row);
}

const good = (kind: LinkKind) =>
  and(eq(accountLinks.kind, kind), isNull(accountLinks.usedAt), gt(accountLinks.expiresAt, new Date()));

/** The link of a token that is still good; it stays good. */
export async function linkPeek(db: Executor, tokenHash: Buffer, kind: LinkKind): Promise<LinkRow | null> {
  const [row] = await db
    .select()
    .from(accountLinks)
    .where(and(eq(accountLinks.tokenHash, tokenHash), good(kind)))
    .limit(1);
  return row ?? null;
}

/** Uses a link up; null when it is none, used or too old. */
export async function linkTake(tx: Executor, tokenHash: Buffer, kind: LinkKind): Promise<LinkRow | null> {
  const [row] = await tx
    .update(accountLinks)
    .set({ usedAt: new Date() })
    .where(and(eq(accountLinks.tokenHash, tokenHash), good(kind)))
    .returning();
  return row ?? null;
}

/** Makes the account's open links of a kind, or of any, of no use. */
export async function linksVoid(tx: Executor, accountId: string, kind?: LinkKind): Promise<void> {
  await tx
    .update(accountLinks)
    .set({ usedAt: new Date() })
    .where(
      and(
        eq(accountLinks.accountId, accountId),
        isNull(accountLinks.usedAt),
        kind ? eq(accountLinks.kind, kind) : undefined,
      ),
    );
}

/** How many links the account was sent since then. */
export async function linksSentSince(db: Executor, accountId: string, kind: LinkKind, since: Date): Promise<number> {
  const [row] = await db
    .select({ sent: count() })
    .from(accountLinks)
    .where(and(eq(accountLinks.accountId, accountId), eq(accountLinks.kind, kind), gt(accountLinks.createdAt, since)));
  return row?.sent ?? 0;
}

/** The new address that waits for confirmation, or null. */
export async function pendingEmailOf(db: Executor, accountId: string): Promise<string | null> {
  const [row] = await db
    .select({ email: accountLinks.email })
    .from(accountLinks)
    .where(and(eq(accountLinks.accountId, accountId), good('emailChange')))
    .limit(1);
  return row?.email ?? null;
}

/** Drops links of more than a day ago. */
export async function linksPrune(db: Executor, now: Date): Promise<void> {
  await db.delete(accountLinks).where(lt(accountLinks.expiresAt, new Date(now.getTime() - 86_400_000)));
}
