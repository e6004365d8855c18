/**
 * One socket to one server: JSON-RPC calls with a deadline each, notifications, and the keepalive both sides need
 * (ovsdb-server probes with `echo` after 5 s of silence and hangs up when it is not answered).
 */
import type { Socket } from 'node:net';
import { type Endpoint, formatEndpoint, openSocket, type TlsOptions } from './endpoint.ts';
import { OvsdbError } from './errors.ts';
import { JsonStream } from './json-stream.ts';

export interface ConnectionOptions {
  readonly tls?: TlsOptions;
  /** Deadline of the connect, ms. */
  readonly connectTimeoutMs?: number;
  /** Default deadline of a call, ms. */
  readonly callTimeoutMs?: number;
  /** Silence after which we probe; twice that without a byte closes the connection, ms. */
  readonly probeMs?: number;
  /** Largest message accepted, bytes. */
  readonly maxMessageBytes?: number;
}

export interface CallOptions {
  /** Deadline in ms. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly release: () => void;
}

type NotificationListener = (method: string, params: readonly unknown[]) => void;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text of a JSON-RPC `error` member, which servers send as string or as `{error, details}`. */
function describe(error: unknown): { code: string; message: string } {
  if (isRecord(error)) {
    const code = typeof error['error'] === 'string' ? error['error'] : 'error';
    return { code, message: typeof error['details'] === 'string' ? `${code}: ${error['details']}` : code };
  }
  const text = typeof error === 'string' ? error : JSON.stringify(error);
  return { code: text, message: text };
}

export class OvsdbConnection {
  readonly endpoint: Endpoint;
  /** Resolves (never rejects) with the reason once the connection is gone. */
  readonly closed: Promise<OvsdbError>;
  readonly #socket: Socket;
  readonly #stream: JsonStream;
  readonly #pending = new Map<number, Pending>();
  readonly #callTimeoutMs: number;
  readonly #probeMs: number;
  readonly #probe: NodeJS.Timeout;
  #settleClosed: (reason: OvsdbError) => void = () => {};
  #reason: OvsdbError | undefined;
  #listener: NotificationListener = () => {};
  #nextId = 1;
  #lastByteAt = performance.now();

  private constructor(endpoint: Endpoint, socket: Socket, options: ConnectionOptions) {
    this.endpoint = endpoint;
    this.#socket = socket;
    this.#stream = new JsonStream(options.maxMessageBytes ?? 256 * 1024 * 1024);
    this.#callTimeoutMs = options.callTimeoutMs ?? 10_000;
    this.#probeMs = options.probeMs ?? 5000;
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve));
    this.#probe = setInterval(() => this.#keepAlive(), this.#probeMs / 2);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (cause) =>
      this.#end(new OvsdbError('closed', `connection failed: ${cause.message}`, { cause })),
    );
    socket.on('close', () => this.#end(new OvsdbError('closed', 'the server closed the connection')));
  }

  /** Connects; rejects with OvsdbError `unreachable`. */
  static async open(endpoint: Endpoint, options: ConnectionOptions = {}): Promise<OvsdbConnection> {
    const socket = await openSocket(endpoint, options.tls, options.connectTimeoutMs ?? 5000);
    return new OvsdbConnection(endpoint, socket, options);
  }

  get isClosed(): boolean {
    return this.#reason !== undefined;
  }

  /** The one receiver of notifications (`update`, `update2`, `update3`, `monitor_canceled` …). */
  onNotification(listener: NotificationListener): void {
    this.#listener = listener;
  }

  /** Calls a method; rejects with OvsdbError `rpc`, `timeout`, `closed` or `protocol`. */
  call(method: string, params: readonly unknown[], options: CallOptions = {}): Promise<unknown> {
    if (this.#reason !== undefined) return Promise.reject(this.#reason);
    if (options.signal?.aborted === true) {
      return Promise.reject(new OvsdbError('timeout', `${method}: aborted before sending`));
    }
    const id = this.#nextId++;
    const timeoutMs = options.timeoutMs ?? this.#callTimeoutMs;
    return new Promise((resolve, reject) => {
      const giveUp = (why: string): void => {
        this.#settle(id)?.reject(new OvsdbError('timeout', `${method}: ${why}`, { sent: true }));
      };
      const timer = setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
      const onAbort = (): void => giveUp('aborted');
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const release = (): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', onAbort);
      };
      this.#pending.set(id, { method, resolve, reject, release });
      this.#send({ method, params, id });
    });
  }

  /** Closes at once; pending calls reject with `closed`. */
  close(reason = 'closed by this client'): void {
    this.#end(new OvsdbError('closed', reason));
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.release();
    return pending;
  }

  #send(message: unknown): void {
    this.#socket.write(JSON.stringify(message));
  }

  #receive(chunk: Buffer): void {
    this.#lastByteAt = performance.now();
    let messages: unknown[];
    try {
      messages = this.#stream.push(chunk);
    } catch (error) {
      this.#end(
        error instanceof OvsdbError ? error : new OvsdbError('protocol', 'unreadable stream', { cause: error }),
      );
      return;
    }
    for (const message of messages) {
      if (this.#reason !== undefined) return;
      this.#dispatch(message);
    }
  }

  #dispatch(message: unknown): void {
    if (!isRecord(message)) {
      this.#end(new OvsdbError('protocol', 'message is not a JSON-RPC object'));
      return;
    }
    const { method, id } = message;
    if (typeof method === 'string') {
      const params = Array.isArray(message['params']) ? message['params'] : [];
      if (method === 'echo') this.#send({ id, result: params, error: null });
      else this.#listener(method, params);
      return;
    }
    // Answers to calls that were given up on find nobody waiting: that is fine.
    const pending = typeof id === 'number' ? this.#settle(id) : undefined;
    const error = message['error'];
    if (error === null || error === undefined) pending?.resolve(message['result']);
    else {
      const { code, message: text } = describe(error);
      pending?.reject(new OvsdbError('rpc', `${pending.method}: ${text}`, { code }));
    }
  }

  #keepAlive(): void {
    const silence = performance.now() - this.#lastByteAt;
    if (silence > this.#probeMs * 2) {
      this.#end(
        new OvsdbError('closed', `${formatEndpoint(this.endpoint)} has been silent for ${Math.round(silence)} ms`),
      );
    } else if (silence >= this.#probeMs) this.#send({ method: 'echo', params: [], id: 'probe' });
  }

  #end(reason: OvsdbError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    clearInterval(this.#probe);
    this.#socket.destroy();
    for (const id of this.#pending.keys()) {
      const pending = this.#settle(id);
      pending?.reject(
        new OvsdbError(reason.kind, `${pending.method}: ${reason.message}`, { sent: true, cause: reason }),
      );
    }
    this.#settleClosed(reason);
  }
}
