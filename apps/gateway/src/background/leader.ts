/**
 * Of several gateways on one database one does what must not be done twice at a time: taking regions' logs, sending mail,
 * forwarding. An advisory lock of a connection of its own says which; with the connection the lock is gone, and another takes
 * over. Whoever writes still guards his rows himself, because for a moment two may think that they lead.
 */
import pg from 'pg';
import type { Logger } from '@basalt/service';

const LEADER_LOCK = 7_254_018_333;
const RETRY_MS = 2_000;
const ASK_MS = 5_000;

export interface Leadership {
  readonly isHeld: () => boolean;
  readonly close: () => Promise<void>;
}

/** @param gained called whenever this one begins to lead. */
export function leadershipSeek(databaseUrl: string, log: Logger, gained: () => void): Leadership {
  let held: pg.Client | null = null;
  let isClosed = false;
  let timer: NodeJS.Timeout | null = null;

  const drop = (client: pg.Client): void => {
    if (held === client) held = null;
    client.end().catch(() => undefined);
  };

  const seek = async (): Promise<void> => {
    if (held) {
      const client = held;
      await client.query('select 1').catch(() => drop(client));
      return;
    }
    const client = new pg.Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
      application_name: 'basalt-gateway-leader',
    });
    client.on('error', () => drop(client));
    try {
      await client.connect();
      const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LEADER_LOCK]);
      if (rows[0]?.got && !isClosed) {
        held = client;
        gained();
      } else drop(client);
    } catch (error) {
      drop(client);
      log.debug({ error }, 'nobody could be asked who leads');
    }
  };

  let turn = Promise.resolve();
  const round = (): void => {
    turn = seek().finally(() => {
      if (!isClosed) timer = setTimeout(round, held ? ASK_MS : RETRY_MS);
    });
  };
  round();
  return {
    isHeld: () => held !== null,
    async close() {
      isClosed = true;
      if (timer) clearTimeout(timer);
      await turn;
      const client = held;
      held = null;
      await client?.end().catch(() => undefined);
    },
  };
}
