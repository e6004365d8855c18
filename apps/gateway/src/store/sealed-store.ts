/** Every place of the database where something lies sealed, and sealing it anew with another key. */
import { sql, type SQL } from 'drizzle-orm';
import type { Sealer } from '@basalt/service';
import type { Database, Transaction } from './database.ts';

export interface SealedPlace {
  readonly table: string;
  readonly what: string;
  /** The sealed text of a row; null or empty where there is none. */
  readonly text: SQL;
  /** Puts another in its place. */
  readonly set: (sealed: string) => SQL;
}

const column = (table: string, name: string): SealedPlace => ({
  table,
  what: name,
  text: sql`${sql.identifier(name)}`,
  set: (sealed) => sql`${sql.identifier(name)} = ${sealed}`,
});

/** A new sealed column belongs here; a test seals something in each and exchanges the key. */
export const sealedPlaces: readonly SealedPlace[] = [
  column('account', 'totp_secret'),
  column('account', 'totp_pending'),
  column('api_key', 'secret'),
  {
    table: 'setting',
    what: 'password of mail',
    text: sql`case when key = 'mail' then value->>'password' end`,
    set: (sealed) => sql`value = jsonb_set(value, '{password}', to_jsonb(${sealed}::text))`,
  },
  column('mail_outbox', 'text'),
  column('idempotency', 'answer'),
  column('webhook', 'secret'),
  column('webhook', 'old_secret'),
  column('webhook', 'headers'),
];

/** Rows whose text another key sealed. */
const elsewhere = ({ text }: SealedPlace, keyId: string): SQL =>
  sql`coalesce(${text}, '') <> '' and ${text} not like ${`v2.${keyId}.%`}`;

const BATCH = 200;

export interface Resealed {
  readonly count: number;
  /** Values that no key opens; they are left as they are. */
  readonly lost: number;
}

/** Seals everything of a place anew, batch by batch, each in a transaction; can be interrupted and begun again. */
export async function placeReseal(db: Database, seal: Sealer, place: SealedPlace, keyId: string): Promise<Resealed> {
  let count = 0;
  let lost = 0;
  for (;;) {
    const rows = await db.transaction(async (tx) => {
      const found = await tx.execute<{ row: string; text: string }>(sql`
        select ctid::text as row, ${place.text} as text from ${sql.identifier(place.table)}
        where ${elsewhere(place, keyId)} order by ctid offset ${lost} limit ${BATCH} for update`);
      for (const { row, text } of found.rows) {
        let plain: string;
        try {
          plain = seal.unseal(text);
        } catch {
          lost += 1;
          continue;
        }
        // a locked row stays where it is until we move it
        await tx.execute(
          sql`update ${sql.identifier(place.table)} set ${place.set(seal.seal(plain))} where ctid = ${row}::tid`,
        );
        count += 1;
      }
      return found.rows.length;
    });
    if (rows < BATCH) return { count, lost };
  }
}

/** Keeps everybody from writing sealed values until the transaction ends; waits for those who are at it. */
export async function sealedPlacesLock(tx: Transaction): Promise<void> {
  await tx.execute(sql`set local lock_timeout = '15s'`);
  const tables = [...new Set(sealedPlaces.map(({ table }) => table))];
  await tx.execute(
    sql`lock table ${sql.join(
      tables.map((table) => sql.identifier(table)),
      sql`, `,
    )} in share mode`,
  );
}

/** How many values another key than this sealed. */
export async function sealedElsewhere(tx: Transaction, keyId: string): Promise<number> {
  let total = 0;
  for (const place of sealedPlaces) {
    const { rows } = await tx.execute<{ rows: number }>(
      sql`select count(*)::int as rows from ${sql.identifier(place.table)} where ${elsewhere(place, keyId)}`,
    );
    total += rows[0]?.rows ?? 0;
  }
  return total;
}
