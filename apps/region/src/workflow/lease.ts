/**
 * Named leases in the database, timed by the database's clock so that those of the processes do not matter. A lease's token
 * grows whenever the holder changes; writes that must come from the present holder lock the row and compare both.
 */
import { and, eq, like, sql } from 'drizzle-orm';
import { BasaltError } from '@basalt/contract';
import type { Database, Reader } from '../store/database.ts';
import { leases } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';

export interface HeldLease {
  readonly name: string;
  readonly holder: string;
  readonly token: number;
}

const until = (ms: number) => sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;

/** Takes or renews the lease for `ms`; null while another holds it. */
export async function leaseTake(db: Database, name: string, holder: string, ms: number): Promise<HeldLease | null> {
  const [row] = await db
    .insert(leases)
    .values({ name, holder, token: 1, expiresAt: until(ms) })
    .onConflictDoUpdate({
      target: leases.name,
      set: {
        holder,
        expiresAt: until(ms),
        token: sql`case when ${leases.holder} = ${holder} then ${leases.token} else ${leases.token} + 1 end`,
      },
      setWhere: sql`${leases.holder} = ${holder} or ${leases.expiresAt} < clock_timestamp()`,
    })
    .returning({ token: leases.token });
  return row ? { name, holder, token: row.token } : null;
}

/** Gives the lease back, so that nobody waits for its end. */
export async function leaseRelease(db: Database, lease: HeldLease): Promise<void> {
  await db
    .update(leases)
    .set({ expiresAt: sql`to_timestamp(0)` })
    .where(and(eq(leases.name, lease.name), eq(leases.holder, lease.holder), eq(leases.token, lease.token)));
}

/**
 * To be called first in a transaction that only the holder may make: it holds the lease where it is until the commit.
 * @throws BasaltError notLeader when the lease has gone to another or has run out.
 */
export async function leaseGuard(work: Work, lease: HeldLease): Promise<void> {
  const [row] = await work.tx
    .select({ live: sql<boolean>`${leases.expiresAt} > clock_timestamp()` })
    .from(leases)
    .where(and(eq(leases.name, lease.name), eq(leases.holder, lease.holder), eq(leases.token, lease.token)))
    .for('share');
  if (!row?.live) throw new BasaltError('notLeader', {}, { detail: `${lease.holder} held ${lease.token}` });
}

const EXECUTOR = 'executor/';

/** A process that runs tasks says that it lives. Its name is its own; a restart of it takes the row over at once. */
export async function executorBeat(db: Database, executor: string, ms: number): Promise<void> {
  await db
    .insert(leases)
    .values({ name: `${EXECUTOR}${executor}`, holder: executor, token: 1, expiresAt: until(ms) })
    .onConflictDoUpdate({ target: leases.name, set: { expiresAt: until(ms) } });
}

export async function executorGone(db: Database, executor: string): Promise<void> {
  await db.delete(leases).where(eq(leases.name, `${EXECUTOR}${executor}`));
}

/** Names of the processes that run tasks now. */
export async function executorsAlive(db: Reader): Promise<Set<string>> {
  const rows = await db
    .select({ holder: leases.holder })
    .from(leases)
    .where(and(like(leases.name, `${EXECUTOR}%`), sql`${leases.expiresAt} > clock_timestamp()`));
  return new Set(rows.map((row) => row.holder));
}
