/**
 * The client everything else uses: one database on one server or a cluster of them, reconnecting for ever, with its
 * monitors carried along. Calls made while there is no connection wait for one until their own deadline.
 */
import { type CachedRow, type MonitorSpec, TableCache } from './cache.ts';
import { type CallOptions, type ConnectionOptions, OvsdbConnection } from './connection.ts';
import { type Endpoint, formatEndpoint, parseEndpoint } from './endpoint.ts';
import { OvsdbError } from './errors.ts';
import { LeaderWatch, type ServerRole } from './leader.ts';
import { Monitor } from './monitor.ts';
import { type Operation, type OperationResult, type Operations, operations } from './operations.ts';
import type { DatabaseSchema } from './schema.ts';

export type { CachedRow };

export interface OvsdbClientOptions<Tables> extends ConnectionOptions {
  /** `unix:/path`, `tcp:host:port` or `ssl:host:port`; several for a cluster. */
  readonly endpoints: readonly string[];
  readonly schema: DatabaseSchema<Tables>;
  /** Of a cluster, accept only the leader (default true): others answer, but later and older. */
  readonly leaderOnly?: boolean;
  /** Wait between rounds over the endpoints: doubles from the first to the second value, ms, with jitter. */
  readonly backoffMs?: readonly [number, number];
}

export type ClientState =
  | { readonly kind: 'connecting'; readonly reason?: string }
  | { readonly kind: 'connected'; readonly endpoint: string; readonly role: ServerRole }
  | { readonly kind: 'closed' };

/** Settles like `promise`, but rejects with `timeout` when `ms` pass or the signal aborts first. */
function within<T>(promise: Promise<T>, ms: number, what: () => string, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (why: string): void => reject(new OvsdbError('timeout', `${what()}: ${why}`));
    const timer = setTimeout(() => stop(`not connected within ${ms} ms`), ms);
    const onAbort = (): void => stop('aborted');
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    promise.then(resolve, reject).finally(release);
  });
}

export class OvsdbClient<Tables> {
  /** Builders for this database's operations. */
  readonly ops: Operations<Tables>;
  readonly schema: DatabaseSchema<Tables>;
  readonly #options: OvsdbClientOptions<Tables>;
  readonly #endpoints: readonly Endpoint[];
  readonly #monitors = new Map<string, Monitor>();
  readonly #stateListeners = new Set<(state: ClientState) => void>();
  readonly #stop = new AbortController();
  #state: ClientState = { kind: 'connecting' };
  #connection: OvsdbConnection | undefined;
  #ready = Promise.withResolvers<OvsdbConnection>();
  #running: Promise<void> | undefined;
  #monitorCount = 0;

  constructor(options: OvsdbClientOptions<Tables>) {
    if (options.endpoints.length === 0) throw new OvsdbError('unreachable', 'no endpoints given');
    this.#options = options;
    this.#endpoints = options.endpoints.map(parseEndpoint);
    this.schema = options.schema;
    this.ops = operations(options.schema);
    this.#ready.promise.catch(() => {});
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Calls back on every change of state; returns the way to stop. */
  onState(listener: (state: ClientState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Starts connecting and waits until that succeeded once; without success goes on trying in the background. */
  async connect(options: CallOptions = {}): Promise<void> {
    await this.#connected('connect', options);
  }

  /**
   * Runs the operations as one transaction.
   * @returns one result per operation.
   * @throws OvsdbError `transaction` when any failed (nothing was applied), `timeout` or `closed` with `sent` telling
   * whether it may have been applied all the same.
   */
  async transact(ops: readonly Operation[], options: CallOptions = {}): Promise<OperationResult[]> {
    const started = performance.now();
    const connection = await this.#connected('transact', options);
    const total = options.timeoutMs ?? this.#options.callTimeoutMs ?? 10_000;
    const timeoutMs = Math.max(1, total - (performance.now() - started));
    // Operations go in as one array: spreading a hundred thousand of them overflows the stack.
    const params = ([this.schema.name] as unknown[]).concat(ops);
    const reply = await connection.call('transact', params, { ...options, timeoutMs });
    if (!Array.isArray(reply)) throw new OvsdbError('protocol', 'transact: reply is not an array', { sent: true });
    reply.forEach((result: unknown, index) => this.#refuseFailed(result, index, ops[index]));
    return reply.slice(0, ops.length) as OperationResult[];
  }

  /** Monitors tables into a cache, kept current until the client closes; resolves when it is filled. */
  async monitor<const Spec extends MonitorSpec<Tables>>(
    spec: Spec,
    options: CallOptions = {},
  ): Promise<TableCache<Tables, Spec>> {
    const cache = new TableCache<Tables, Spec>(this.schema, spec);
    const monitor = new Monitor(`m${++this.#monitorCount}`, this.schema.name, cache);
    const connection = await this.#connected('monitor', options);
    this.#monitors.set(monitor.id, monitor);
    try {
      await monitor.start(connection, options.timeoutMs);
    } catch (error) {
      this.#monitors.delete(monitor.id);
      throw error;
    }
    return cache;
  }

  /** Calls any method of the server, for what has no own function here (`get_schema`, `list_dbs` …). */
  async call(method: string, params: readonly unknown[], options: CallOptions = {}): Promise<unknown> {
    const connection = await this.#connected(method, options);
    return connection.call(method, params, options);
  }

  /** Drops the connection and stops; pending calls reject with `closed`. Resolves when all is quiet. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#ready.reject(new OvsdbError('closed', 'the client was closed'));
    await this.#running;
    this.#setState({ kind: 'closed' });
  }

  #refuseFailed(result: unknown, index: number, op: Operation | undefined): void {
    if (typeof result !== 'object' || result === null || !('error' in result)) return;
    const code = String(result.error);
    const details = 'details' in result ? `: ${String(result.details)}` : '';
    const what = op === undefined ? 'commit' : `${op.op} ${op.table ?? ''}`;
    throw new OvsdbError('transaction', `${what} (operation ${index}): ${code}${details}`, { code, operation: index });
  }

  #connected(what: string, options: CallOptions): Promise<OvsdbConnection> {
    if (this.#stop.signal.aborted) return Promise.reject(new OvsdbError('closed', 'the client was closed'));
    this.#running ??= this.#run();
    if (this.#connection !== undefined && !this.#connection.isClosed) return Promise.resolve(this.#connection);
    const timeoutMs = options.timeoutMs ?? this.#options.callTimeoutMs ?? 10_000;
    const reason = (): string =>
      this.#state.kind === 'connecting' && this.#state.reason !== undefined ? `${what} (${this.#state.reason})` : what;
    return within(this.#ready.promise, timeoutMs, reason, options.signal);
  }

  async #run(): Promise<void> {
    const [first, longest] = this.#options.backoffMs ?? [50, 5000];
    let wait = first;
    for (let turn = 0; !this.#stop.signal.aborted; turn++) {
      const endpoint = this.#endpoints[turn % this.#endpoints.length]!;
      const failure = await this.#serve(endpoint);
      if (failure === undefined) {
        wait = first;
        continue;
      }
      this.#setState({ kind: 'connecting', reason: failure });
      if (turn % this.#endpoints.length !== this.#endpoints.length - 1) continue;
      await this.#sleep(wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, longest);
    }
  }

  /** Uses one endpoint until it fails; returns why it never got into use, undefined when it did. */
  async #serve(endpoint: Endpoint): Promise<string | undefined> {
    const name = formatEndpoint(endpoint);
    const watch = new LeaderWatch(this.schema.name, this.#options.leaderOnly ?? true);
    let connection: OvsdbConnection;
    try {
      connection = await OvsdbConnection.open(endpoint, this.#options);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    const abandon = (): void => connection.close();
    this.#stop.signal.addEventListener('abort', abandon);
    if (this.#stop.signal.aborted) abandon();
    try {
      connection.onNotification((method, params) => {
        watch.notice(method, params);
        for (const monitor of this.#monitors.values()) monitor.notice(method, params);
        if (this.#connection === connection && watch.unfit !== undefined) connection.close(`${name} ${watch.unfit}`);
      });
      const unfit = await watch.start(connection);
      if (unfit !== undefined) return `${name} ${unfit}`;
      await Promise.all([...this.#monitors.values()].map((monitor) => monitor.start(connection)));
      if (watch.unfit !== undefined) return `${name} ${watch.unfit}`;
      this.#connection = connection;
      this.#ready.resolve(connection);
      this.#setState({ kind: 'connected', endpoint: name, role: watch.role });
      const reason = await connection.closed;
      this.#connection = undefined;
      this.#ready = Promise.withResolvers();
      this.#ready.promise.catch(() => {});
      this.#setState({ kind: 'connecting', reason: reason.message });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.#stop.signal.removeEventListener('abort', abandon);
      connection.close();
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#stop.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#stop.signal.addEventListener('abort', done);
    });
  }

  #setState(state: ClientState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
}
