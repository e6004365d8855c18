/**
 * A connection that comes back: opens, authenticates, keeps itself alive, and after a loss tries again with growing
 * pauses. Calls wait for it within their deadline; calls in progress at a loss fail, since nobody knows whether
 * libvirt did what they asked.
 */
import { LibvirtError } from './errors.ts';
import { remote, authType } from './gen/remote.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import type { Procedure } from './procedure.ts';
import { RpcConnection, type RpcOptions } from './rpc.ts';
import { type CallOptions, type Caller, DEFAULT_TIMEOUT_MS, type StreamReply } from './rpc-types.ts';
import { type TransportTarget, transportConnect } from './transport.ts';

export interface ConnectionOptions extends RpcOptions {
  target: TransportTarget;
  /** libvirt's driver, for example `qemu:///system`. */
  uri?: string;
  keepalive?: KeepaliveOptions;
  connectTimeoutMs?: number;
  /** Pauses between attempts, doubled from `min` up to `max`. */
  backoffMs?: { min: number; max: number };
}

const FEATURE_KEEPALIVE = 10;
const HANDSHAKE_TIMEOUT_MS = 10_000;

const authenticate = async (rpc: RpcConnection, options: CallOptions): Promise<void> => {
  const { types } = await rpc.call(remote.authList, undefined, options);
  if (types.length === 0 || types.includes(authType.REMOTE_AUTH_NONE)) return;
  if (types.includes(authType.REMOTE_AUTH_POLKIT)) return void (await rpc.call(remote.authPolkit, undefined, options));
  throw new LibvirtError({ kind: 'connect', message: 'libvirt wants SASL, which this client does not speak' });
};

/** An open, authenticated connection. Throws LibvirtError. */
export const connectionOpen = async (options: ConnectionOptions, signal?: AbortSignal): Promise<RpcConnection> => {
  const { target, uri = 'qemu:///system', keepalive = { intervalMs: 5_000, count: 5 } } = options;
  const socket = await transportConnect(target, { timeoutMs: options.connectTimeoutMs ?? 5_000, signal });
  const rpc = new RpcConnection(socket, options);
  try {
    const limits = { timeoutMs: HANDSHAKE_TIMEOUT_MS, signal };
    await authenticate(rpc, limits);
    const { supported } = await rpc.call(remote.connectSupportsFeature, { feature: FEATURE_KEEPALIVE }, limits);
    await rpc.call(remote.connectOpen, { name: uri, flags: 0 }, limits);
    if (supported !== 0) rpc.keepaliveStart(keepalive);
    return rpc;
  } catch (error) {
    rpc.close();
    throw error;
  }
};

export interface ConnectionHooks {
  /** Runs before calls go through; a failure counts as a failed attempt. */
  onOpen?: (rpc: RpcConnection) => Promise<void>;
  onUp?: () => void;
  onDown?: (error: LibvirtError) => void;
}

export class LibvirtConnection implements Caller {
  readonly #options: ConnectionOptions;
  readonly #hooks: ConnectionHooks;
  readonly #stop = new AbortController();
  #current: RpcConnection | null = null;
  #lastError: LibvirtError | null = null;
  #waiting = new Set<(rpc: RpcConnection) => void>();
  #running: Promise<void> | null = null;

  constructor(options: ConnectionOptions, hooks: ConnectionHooks = {}) {
    this.#options = options;
    this.#hooks = hooks;
  }

  get connected(): boolean {
    return this.#current !== null;
  }

  /** Why the last attempt failed or the last connection ended. */
  get lastError(): LibvirtError | null {
    return this.#lastError;
  }

  /** Connects and stays connected; returns at once. Calls do this by themselves. */
  start(): void {
    if (!this.#stop.signal.aborted) this.#running ??= this.#run();
  }

  /** The open connection, waiting at most so long. Throws LibvirtError of kind `connect`, `closed` or `aborted`. */
  ready(timeoutMs = DEFAULT_TIMEOUT_MS, signal?: AbortSignal): Promise<RpcConnection> {
    if (this.#current) return Promise.resolve(this.#current);
    this.start();
    return new Promise((resolve, reject) => {
      const signals = AbortSignal.any([this.#stop.signal, ...(signal ? [signal] : [])]);
      const leave = (): void => {
        clearTimeout(timer);
        signals.removeEventListener('abort', onAbort);
        this.#waiting.delete(onReady);
      };
      const fail = (kind: 'connect' | 'closed' | 'aborted', message: string, cause?: unknown): void => {
        leave();
        reject(new LibvirtError({ kind, message, cause }));
      };
      const onReady = (rpc: RpcConnection): void => {
        leave();
        resolve(rpc);
      };
      const onAbort = (): void =>
        this.#stop.signal.aborted
          ? fail('closed', 'the connection was closed here')
          : fail('aborted', 'given up while connecting', signal?.reason);
      const timer = setTimeout(
        () => fail('connect', `not connected: ${this.#lastError?.message ?? 'no answer yet'}`, this.#lastError),
        timeoutMs,
      );
      if (signals.aborted) return onAbort();
      signals.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(onReady);
    });
  }

  async call<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<R> {
    const { rpc, left } = await this.#take(options);
    return rpc.call(procedure, args, left);
  }

  async stream<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<StreamReply<R>> {
    const { rpc, left } = await this.#take(options);
    return rpc.stream(procedure, args, left);
  }

  /** Closes for good and waits until that is done. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #take(options: CallOptions): Promise<{ rpc: RpcConnection; left: CallOptions }> {
    if (this.#current) return { rpc: this.#current, left: options };
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
    const begun = performance.now();
    const rpc = await this.ready(timeoutMs, signal);
    return { rpc, left: { ...options, timeoutMs: Math.max(1, timeoutMs - (performance.now() - begun)) } };
  }

  async #run(): Promise<void> {
    const { min, max } = this.#options.backoffMs ?? { min: 100, max: 5_000 };
    const { signal } = this.#stop;
    let pause = min;
    while (!signal.aborted) {
      try {
        const rpc = await connectionOpen(this.#options, signal);
        await this.#serve(rpc, () => (pause = min));
      } catch (error) {
        this.#lastError =
          error instanceof LibvirtError
            ? error
            : new LibvirtError({ kind: 'connect', message: String(error), cause: error });
      }
      // Many hosts come back at once after an outage: spread their attempts.
      if (!signal.aborted) await this.#sleep(pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, max);
    }
  }

  async #serve(rpc: RpcConnection, opened: () => void): Promise<void> {
    const { signal } = this.#stop;
    const onStop = (): void => rpc.close();
    signal.addEventListener('abort', onStop, { once: true });
    try {
      // A hook that hangs must not outlive its connection.
      const lost = rpc.closed.then((error) => Promise.reject(error));
      await Promise.race([this.#hooks.onOpen?.(rpc), lost]);
      if (rpc.isClosed || signal.aborted) return;
      opened();
      this.#current = rpc;
      this.#hooks.onUp?.();
      for (const waiting of this.#waiting) waiting(rpc);
      this.#lastError = await rpc.closed;
    } finally {
      signal.removeEventListener('abort', onStop);
      rpc.close();
      const wasUp = this.#current === rpc;
      this.#current = null;
      if (wasUp && this.#lastError && !signal.aborted) this.#hooks.onDown?.(this.#lastError);
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
      this.#stop.signal.addEventListener('abort', done, { once: true });
    });
  }
}
