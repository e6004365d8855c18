/**
 * Which server of a cluster to talk to. ovsdb-server describes itself in its `_Server` database; a follower would
 * forward our writes and a server cut off from its cluster would let them hang, so both are left for the next one.
 */
import { TableCache } from './cache.ts';
import type { OvsdbConnection } from './connection.ts';
import { OvsdbError } from './errors.ts';
import { Monitor } from './monitor.ts';
import type { DatabaseSchema, Uuid } from './schema.ts';

interface DatabaseRow {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly model: string;
  readonly connected: boolean;
  readonly leader: boolean;
}

const serverSchema: DatabaseSchema<{ readonly Database: DatabaseRow }> = {
  name: '_Server',
  version: '1.2.0',
  tables: {
    Database: {
      root: true,
      columns: {
        name: { kind: 'scalar', key: 'string' },
        model: { kind: 'scalar', key: 'string' },
        connected: { kind: 'scalar', key: 'boolean' },
        leader: { kind: 'scalar', key: 'boolean' },
      },
    },
  },
};

/** What the server says about our database. */
export interface ServerRole {
  readonly clustered: boolean;
  readonly leader: boolean;
}

/** Watches one server's opinion of itself. */
export class LeaderWatch {
  readonly #cache = new TableCache(serverSchema, { Database: ['name', 'model', 'connected', 'leader'] });
  readonly #monitor = new Monitor('server', '_Server', this.#cache);
  readonly #database: string;
  readonly #leaderOnly: boolean;
  #supported = true;

  constructor(database: string, leaderOnly: boolean) {
    this.#database = database;
    this.#leaderOnly = leaderOnly;
  }

  /** Asks the server; resolves with why it is unfit, or undefined when it will do. */
  async start(connection: OvsdbConnection, timeoutMs?: number): Promise<string | undefined> {
    try {
      await this.#monitor.start(connection, timeoutMs);
    } catch (error) {
      // Servers older than 2.10 have no _Server database and no clusters either.
      if (!(error instanceof OvsdbError) || error.kind !== 'rpc') throw error;
      this.#supported = false;
    }
    return this.unfit;
  }

  notice(method: string, params: readonly unknown[]): void {
    this.#monitor.notice(method, params);
  }

  /** Why this server is not (or no longer) the one to use. */
  get unfit(): string | undefined {
    if (!this.#supported) return undefined;
    const row = this.#row;
    if (row === undefined) return `does not serve ${this.#database}`;
    if (!row.connected) return 'is not connected to its cluster';
    if (row.model === 'clustered' && this.#leaderOnly && !row.leader) return 'is not the leader';
    return undefined;
  }

  get role(): ServerRole {
    const row = this.#row;
    return { clustered: row?.model === 'clustered', leader: row?.leader ?? true };
  }

  get #row(): DatabaseRow | undefined {
    return this.#cache.rows('Database').find((row) => row.name === this.#database);
  }
}
