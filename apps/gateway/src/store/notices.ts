/**
 * What gateway processes tell each other through the database: that the policy or the rights of an account have changed, so
 * that none of them goes on with what it remembers. A line that breaks is mended, and everything is then taken as changed.
 */
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { z } from 'zod';
import type { Logger } from '@basalt/service';
import type { Executor } from './database.ts';

const CHANNEL = 'basalt_gateway';
const AGAIN_MS = 2_000;

const notice = z.discriminatedUnion('kind', [
  /** Sign-in policy or separation of duties. */
  z.object({ kind: z.literal('policy') }),
  /** Rights, limits or sessions of one account; null: of any. */
  z.object({ kind: z.literal('account'), accountId: z.string().nullable() }),
]);
export type Notice = z.infer<typeof notice>;

/** Tells every gateway process; within a transaction when it commits. */
export async function noticeSend(db: Executor, what: Notice): Promise<void> {
  await db.execute(sql`select pg_notify(${CHANNEL}, ${JSON.stringify(what)})`);
}

/** Listens on a connection of its own, and opens another when it breaks. */
export function noticesOpen(
  url: string,
  hear: (what: Notice) => void,
  log: Logger,
): { readonly close: () => Promise<void> } {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const connect = async (): Promise<void> => {
    const mine = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      application_name: 'basalt-gateway-notices',
    });
    let broken = false;
    const again = (error?: unknown): void => {
      if (broken || closed) return;
      broken = true;
      if (error) log.warn({ error }, 'the line for notices broke');
      void mine.end().catch(() => undefined);
      timer = setTimeout(() => void connect(), AGAIN_MS);
    };
    mine.on('error', again);
    mine.on('end', () => again());
    mine.on('notification', ({ payload }) => {
      const told = notice.safeParse(JSON.parse(payload ?? 'null'));
      if (told.success) hear(told.data);
    });
    client = mine;
    try {
      await mine.connect();
      await mine.query(`listen ${CHANNEL}`);
      hear({ kind: 'policy' });
      hear({ kind: 'account', accountId: null });
    } catch (error) {
      again(error);
    }
  };
  void connect();

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
