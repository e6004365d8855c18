/** One-time tokens by which hosts join (HOST-02); the token itself is not kept, only its hash. */
import { and, desc, eq, isNotNull } from 'drizzle-orm';
import type { HostId } from '@basalt/contract';
import type { Tx } from './database.ts';
import { enrolTokens } from './schema/index.ts';

export type EnrolTokenRow = typeof enrolTokens.$inferSelect;

export async function enrolTokenInsert(tx: Tx, values: typeof enrolTokens.$inferInsert): Promise<void> {
  await tx.insert(enrolTokens).values(values);
}

export async function enrolTokenLock(tx: Tx, hash: string): Promise<EnrolTokenRow | null> {
  const [row] = await tx.select().from(enrolTokens).where(eq(enrolTokens.hash, hash)).for('update');
  return row ?? null;
}

/** @param usedKey SHA-256 of the public key it was used with */
export async function enrolTokenUse(tx: Tx, hash: string, hostId: HostId, usedKey: string): Promise<void> {
  await tx.update(enrolTokens).set({ usedAt: new Date(), hostId, usedKey }).where(eq(enrolTokens.hash, hash));
}

/** Hash of the token by which a host has joined last. */
export async function enrolTokenLatest(tx: Tx, hostId: HostId): Promise<string | null> {
  const [row] = await tx
    .select({ hash: enrolTokens.hash })
    .from(enrolTokens)
    .where(and(eq(enrolTokens.hostId, hostId), isNotNull(enrolTokens.usedAt)))
    .orderBy(desc(enrolTokens.usedAt))
    .limit(1);
  return row?.hash ?? null;
}
