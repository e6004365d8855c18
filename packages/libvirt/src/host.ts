/**
 * One host's libvirt over three connections: `control` for short calls and events, `jobs` for work that takes long,
 * `agent` for whatever waits on a guest. A stuck guest or a migration thus never stands in the way of the rest.
 * Streams open a connection each, since one slow reader stalls its whole socket.
 */
import { type LibvirtClient, createClient } from './client.ts';
import { type ConnectionOptions, LibvirtConnection, connectionOpen } from './connection.ts';
import { LibvirtError } from './errors.ts';
import { type DomainEvent, EVENT_KINDS, eventRead } from './events.ts';
import type { Frame } from './frame.ts';
import { qemu } from './gen/qemu.ts';
import { remote } from './gen/remote.ts';
import type { DomainSummary } from './operations/stats-operations.ts';
import { statsOperations } from './operations/stats-operations.ts';
import type { RpcConnection } from './rpc.ts';
import { type CallOptions, type Caller, DEFAULT_TIMEOUT_MS, type Lane } from './rpc-types.ts';

/**
 * What a listener hears. `resync` comes after every (re)connect, registered first and listed then: whatever was
 * believed before is to be replaced by this list, since events are lost while nobody is connected.
 */
export type HostEvent =
  | DomainEvent
  | { type: 'resync'; domains: DomainSummary[] }
  | { type: 'disconnected'; error: LibvirtError }
  /** An event that could not be read: something happened, ask what. */
  | { type: 'unreadable'; error: LibvirtError };

export interface LibvirtHostOptions extends ConnectionOptions {
  /** Names of QEMU monitor events to hear as `monitor`, for example `SHUTDOWN`. */
  monitorEvents?: string[];
}

export class LibvirtHost {
  /** Every typed operation, each on the connection where it belongs. */
  readonly client: LibvirtClient;
  readonly #options: LibvirtHostOptions;
  readonly #lanes: Readonly<Record<Lane, LibvirtConnection>>;
  readonly #listeners = new Set<(event: HostEvent) => void>();
  readonly #streams = new Set<RpcConnection>();
  readonly #stop = new AbortController();

  constructor(options: LibvirtHostOptions) {
    this.#options = options;
    const control = new LibvirtConnection(options, {
      onOpen: (rpc) => this.#register(rpc),
      onDown: (error) => this.#emit({ type: 'disconnected', error }),
    });
    this.#lanes = { control, jobs: new LibvirtConnection(options), agent: new LibvirtConnection(options) };
    this.client = createClient(this.#router());
  }

  get connected(): boolean {
    return this.#lanes.control.connected;
  }

  get lastError(): LibvirtError | null {
    return this.#lanes.control.lastError;
  }

  /** Connects and stays connected; fulfilled at the first success. Throws LibvirtError of kind `connect`. */
  async connect(timeoutMs = DEFAULT_TIMEOUT_MS, signal?: AbortSignal): Promise<void> {
    await this.#lanes.control.ready(timeoutMs, signal);
  }

  /** Listens until the returned function is called. Subscribe before `connect` to hear the first `resync`. */
  subscribe(listener: (event: HostEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Closes everything; calls in progress fail with kind `closed`. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const rpc of this.#streams) rpc.close();
    await Promise.all(Object.values(this.#lanes).map((lane) => lane.close()));
  }

  #emit(event: HostEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        // A listener's fault: neither the connection's nor the other listeners', but not to be swallowed either.
        setImmediate(() => {
          throw error;
        });
      }
    }
  }

  #router(): Caller {
    const lane = (options?: CallOptions): LibvirtConnection => this.#lanes[options?.lane ?? 'control'];
    return {
      call: (procedure, args, options) => lane(options).call(procedure, args, options),
      stream: async (procedure, args, options = {}) => {
        const rpc = await this.#streamConnection(options);
        try {
          const reply = await rpc.stream(procedure, args, options);
          reply.stream.once('close', () => rpc.close('the stream is over'));
          return reply;
        } catch (error) {
          rpc.close();
          throw error;
        }
      },
    };
  }

  /** A connection for one stream, within the deadline for opening the stream. */
  async #streamConnection({ timeoutMs = DEFAULT_TIMEOUT_MS, signal }: CallOptions): Promise<RpcConnection> {
    const deadline = AbortSignal.timeout(timeoutMs);
    const signals = AbortSignal.any([this.#stop.signal, deadline, ...(signal ? [signal] : [])]);
    try {
      const rpc = await connectionOpen(this.#options, signals);
      this.#streams.add(rpc);
      void rpc.closed.then(() => this.#streams.delete(rpc));
      return rpc;
    } catch (error) {
      if (!deadline.aborted || signal?.aborted) throw error;
      throw new LibvirtError({ kind: 'timeout', message: `no connection within ${timeoutMs} ms`, cause: error });
    }
  }

  /** Registers for every event this libvirt knows, then lists: in this order nothing falls between. */
  async #register(rpc: RpcConnection): Promise<void> {
    rpc.onEvent = (frame) => {
      const event = this.#read(frame);
      if (event) this.#emit(event);
    };
    const ids = EVENT_KINDS.flatMap(({ id }) => (id === null ? [] : [id]));
    await Promise.all(ids.map((id) => this.#registerOne(rpc, id)));
    for (const event of this.#options.monitorEvents ?? []) {
      await rpc.call(qemu.connectDomainMonitorEventRegister, { dom: null, event, flags: 0 });
    }
    this.#emit({ type: 'resync', domains: await statsOperations(rpc).domainSummaries() });
  }

  #read(frame: Frame): HostEvent | null {
    try {
      return eventRead(frame);
    } catch (cause) {
      const message = `event ${frame.procedure} cannot be read: ${String(cause)}`;
      return { type: 'unreadable', error: new LibvirtError({ kind: 'protocol', message, cause }) };
    }
  }

  async #registerOne(rpc: RpcConnection, eventID: number): Promise<void> {
    try {
      await rpc.call(remote.connectDomainEventCallbackRegisterAny, { eventID, dom: null });
    } catch (error) {
      // An older libvirt refuses numbers it does not know yet.
      if (!(error instanceof LibvirtError && error.is('VIR_ERR_INVALID_ARG', 'VIR_ERR_NO_SUPPORT'))) throw error;
    }
  }
}
