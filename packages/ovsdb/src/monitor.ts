/**
 * Keeps a cache in step with the server over reconnects: `monitor_cond_since` continues from the last transaction
 * seen where the server still knows it (clusters do), else delivers everything and the cache finds the differences.
 */
import type { WireUpdates } from './cache.ts';
import type { OvsdbConnection } from './connection.ts';
import { OvsdbError } from './errors.ts';

const NOTHING_SEEN = '00000000-0000-0000-0000-000000000000';

/** What a monitor needs of a cache. */
export interface MonitorTarget {
  readonly requests: Record<string, unknown>;
  apply(updates: WireUpdates): void;
  replace(updates: WireUpdates): void;
  synced(): void;
}

const isUpdates = (value: unknown): value is WireUpdates =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export class Monitor {
  readonly id: string;
  readonly #database: string;
  readonly #target: MonitorTarget;
  #lastTransaction = NOTHING_SEEN;
  /** Notifications that overtook the handling of the reply they follow; undefined when none need to be held back. */
  #early: (readonly [string, readonly unknown[]])[] | undefined;

  constructor(id: string, database: string, target: MonitorTarget) {
    this.id = id;
    this.#database = database;
    this.#target = target;
  }

  /** Starts (again) on a connection; resolves when the cache equals the server. */
  async start(connection: OvsdbConnection, timeoutMs?: number): Promise<void> {
    this.#early = [];
    try {
      await this.#begin(connection, timeoutMs);
      const early = this.#early;
      this.#early = undefined;
      for (const [method, params] of early) this.notice(method, params);
    } finally {
      this.#early = undefined;
    }
    this.#target.synced();
  }

  async #begin(connection: OvsdbConnection, timeoutMs?: number): Promise<void> {
    const options = timeoutMs === undefined ? {} : { timeoutMs };
    const { requests } = this.#target;
    try {
      const params = [this.#database, ['since', this.id], requests, this.#lastTransaction];
      const reply = await connection.call('monitor_cond_since', params, options);
      if (!Array.isArray(reply) || typeof reply[1] !== 'string' || !isUpdates(reply[2])) {
        throw new OvsdbError('protocol', 'malformed reply to monitor_cond_since');
      }
      if (reply[0] === true) this.#target.apply(reply[2]);
      else this.#target.replace(reply[2]);
      this.#lastTransaction = reply[1];
    } catch (error) {
      if (!(error instanceof OvsdbError) || error.kind !== 'rpc' || !/unknown method/.test(error.code ?? ''))
        throw error;
      const reply = await connection.call('monitor_cond', [this.#database, ['cond', this.id], requests], options);
      if (!isUpdates(reply)) throw new OvsdbError('protocol', 'malformed reply to monitor_cond');
      this.#target.replace(reply);
    }
  }

  /** Takes a notification if it is for this monitor. */
  notice(method: string, params: readonly unknown[]): void {
    const tag = params[0];
    if (!Array.isArray(tag) || tag[1] !== this.id) return;
    if (this.#early !== undefined) this.#early.push([method, params]);
    else if (method === 'update2' && isUpdates(params[1])) this.#target.apply(params[1]);
    else if (method === 'update3' && typeof params[1] === 'string' && isUpdates(params[2])) {
      this.#target.apply(params[2]);
      this.#lastTransaction = params[1];
    }
  }
}
