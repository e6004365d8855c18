/**
 * The live stream's source (API-03): follows the outbox, reads each changed resource once for all subscribers, and hands out
 * finished text. Woken by NOTIFY after every commit; a look every few seconds makes up for a wake-up that was lost with its
 * connection.
 */
import pg from 'pg';
import type { Logger } from '@basalt/service';
import type { Database } from '../store/database.ts';
import { outboxAfter, outboxOldest, type OutboxRow } from '../store/event.ts';
import { sequenceNow } from '../store/page.ts';
import { OUTBOX_CHANNEL } from '../store/transact.ts';
import { liveRender, type Rendered } from './live-render.ts';

export interface LiveItem extends Pick<Rendered, 'permission' | 'facts'> {
  readonly sequence: number;
  /** As the stream sends it, line ends included. */
  readonly text: string;
}

const liveItems = async (db: Database, rows: readonly OutboxRow[]): Promise<LiveItem[]> =>
  (await liveRender(db, rows)).map(({ event, permission, facts }) => ({
    sequence: event.sequence,
    permission,
    facts,
    text: `id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`,
  }));

export interface LiveHub {
  /**
   * Delivers everything behind `after` (null = from now), in order, without gaps, until `stop` is called.
   * `missed` is told first when what lies between is not kept any more.
   */
  subscribe(
    after: number | null,
    deliver: (items: readonly LiveItem[]) => void,
    missed: (now: number) => void,
  ): Promise<{ stop(): void }>;
  readonly subscribers: number;
  close(): Promise<void>;
}

const LOOK_MS = 3_000;
const BATCH = 500;

export async function liveHubStart(db: Database, url: string, log: Logger): Promise<LiveHub> {
  const listeners = new Set<(items: readonly LiveItem[]) => void>();
  let last = await sequenceNow(db);
  let closed = false;
  let listener: pg.Client | null = null;
  let again = false;
  let pumping: Promise<void> | null = null;

  const turn = async (): Promise<void> => {
    do {
      again = false;
      for (;;) {
        const rows = await outboxAfter(db, last, BATCH);
        const newest = rows.at(-1);
        if (!newest) break;
        const items = listeners.size > 0 ? await liveItems(db, rows) : [];
        last = newest.sequence;
        for (const deliver of listeners) deliver(items);
        if (rows.length < BATCH) break;
      }
    } while (again);
  };
  const pump = (): void => {
    if (closed) return;
    if (pumping) again = true;
    else
      pumping = turn()
        .catch((error: unknown) => log.warn({ error }, 'the outbox could not be read'))
        .finally(() => {
          pumping = null;
          if (again) pump();
        });
  };

  const listen = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url, application_name: 'basalt-region-live', keepAlive: true });
    client.on('error', (error) => {
      log.warn({ error }, 'lost the connection that listens to the outbox');
      listener = null;
    });
    client.on('end', () => (listener = null));
    client.on('notification', pump);
    await client.connect();
    await client.query(`listen ${OUTBOX_CHANNEL}`);
    listener = client;
  };
  await listen();
  const look = setInterval(() => {
    if (!listener) void listen().catch((error: unknown) => log.warn({ error }, 'cannot listen to the outbox'));
    pump();
  }, LOOK_MS);

  return {
    get subscribers() {
      return listeners.size;
    },
    async subscribe(after, deliver, missed) {
      let at = after ?? last;
      const oldest = await outboxOldest(db);
      // another process of the region may have delivered what this one has not read yet; nobody can be ahead of the database
      const ahead = after !== null && after > last && after > (await sequenceNow(db));
      if (ahead || (after !== null && oldest !== null && after < oldest - 1)) {
        at = last;
        missed(at);
      }
      // catches up until it stands where the hub stands, then joins in the same turn of the event loop
      while (at < last) {
        const rows = await outboxAfter(db, at, BATCH);
        deliver(await liveItems(db, rows));
        at = rows.at(-1)?.sequence ?? last;
      }
      const from = at;
      const mine = (items: readonly LiveItem[]): void => deliver(items.filter((item) => item.sequence > from));
      listeners.add(mine);
      return { stop: () => void listeners.delete(mine) };
    },
    async close() {
      closed = true;
      clearInterval(look);
      await pumping;
      await listener?.end();
    },
  };
}
