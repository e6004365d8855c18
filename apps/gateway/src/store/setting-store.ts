/** Settings that are changed while the platform runs; one row per key, with a version that moves with every change. */
import { and, eq, inArray } from 'drizzle-orm';
import { BasaltError } from '@basalt/contract';
import type { Executor } from './database.ts';
import { settings } from './schema.ts';

export type SettingRow = typeof settings.$inferSelect;
export type SettingKey = 'loginPolicy' | 'dutySeparation' | 'mail' | 'syslog' | 'webhookDestinations';

export async function settingGet(db: Executor, key: SettingKey): Promise<SettingRow | null> {
  const [row] = await db.select().from(settings).where(eq(settings.key, key)).limit(1);
  return row ?? null;
}

export const settingsGet = (db: Executor, keys: readonly SettingKey[]): Promise<SettingRow[]> =>
  db
    .select()
    .from(settings)
    .where(inArray(settings.key, [...keys]));

export interface SettingChange {
  readonly key: SettingKey;
  readonly value: SettingRow['value'];
  /** The version that the change was made from; 0 where nothing was stored. */
  readonly version: number;
  /** Name of who changes it. */
  readonly by: string;
}

/**
 * Stores a setting upon the version that was read.
 * @throws BasaltError changedMeanwhile naming who changed it.
 */
export async function settingPut(tx: Executor, { key, value, version, by }: SettingChange): Promise<SettingRow> {
  const row = { key, value, version: version + 1, updatedAt: new Date(), updatedBy: by };
  const [stored] =
    version === 0
      ? await tx.insert(settings).values(row).onConflictDoNothing().returning()
      : await tx
          .update(settings)
          .set(row)
          .where(and(eq(settings.key, key), eq(settings.version, version)))
          .returning();
  if (stored) return stored;
  const present = await settingGet(tx, key);
  throw new BasaltError('changedMeanwhile', { who: present?.updatedBy ?? '?' });
}
