/** Differences that want somebody: what a reconciler reports and does not touch. */
import { and, eq, inArray, like, sql } from 'drizzle-orm';
import type { Reader } from '../store/database.ts';
import { findings, serviceHealths } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';

export interface Finding {
  readonly resourceKind: string;
  readonly resourceId: string;
  readonly resourceName: string;
  readonly level?: 'warning' | 'error';
  readonly params?: Readonly<Record<string, string | number>>;
}

/** All findings of one key in one scope (a prefix of resource ids): new ones are added, those no longer found go. */
export async function findingsReplace(work: Work, key: string, scope: string, list: readonly Finding[]): Promise<void> {
  const scoped = (id: string): string => `${scope}${id}`;
  const ids = list.map((finding) => scoped(finding.resourceId));
  const present = await work.tx
    .select({ id: findings.resourceId })
    .from(findings)
    .where(and(eq(findings.key, key), like(findings.resourceId, `${scope}%`)));
  const gone = present.map((row) => row.id).filter((id) => !ids.includes(id));
  if (gone.length > 0)
    await work.tx.delete(findings).where(and(eq(findings.key, key), inArray(findings.resourceId, gone)));
  if (list.length === 0) return;
  await work.tx
    .insert(findings)
    .values(
      list.map((finding) => ({
        key,
        resourceKind: finding.resourceKind,
        resourceId: scoped(finding.resourceId),
        resourceName: finding.resourceName,
        level: finding.level ?? ('warning' as const),
        params: { ...finding.params },
      })),
    )
    .onConflictDoUpdate({
      target: [findings.key, findings.resourceId],
      set: { seenAt: sql`now()`, resourceName: sql`excluded.resource_name`, params: sql`excluded.params` },
    });
}

/** Whether there are any of one key in one scope. */
export async function findingsAny(db: Reader, key: string, scope: string): Promise<boolean> {
  const [row] = await db
    .select({ id: findings.resourceId })
    .from(findings)
    .where(and(eq(findings.key, key), like(findings.resourceId, `${scope}%`)))
    .limit(1);
  return row !== undefined;
}

type Health = typeof serviceHealths.$inferInsert;

export async function healthSet(
  work: Work,
  key: Health['key'],
  health: Health['health'],
  params: Record<string, string | number> = {},
): Promise<void> {
  await work.tx
    .insert(serviceHealths)
    .values({ key, health, params })
    .onConflictDoUpdate({ target: serviceHealths.key, set: { health, params, seenAt: sql`now()` } });
}
