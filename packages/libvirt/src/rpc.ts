/**
 * One connection to a libvirt daemon: matches replies to calls, keeps deadlines, answers keepalive, carries streams,
 * hands on events. When it closes, for whatever reason, everyone who waits is told.
 */
import type { Duplex } from 'node:stream';
import { CallSlots } from './call-slots.ts';
import { LibvirtError, type LibvirtErrorKind, remoteError } from './errors.ts';
import { type Frame, type FrameHeader, FrameSplitter, frameEncode } from './frame.ts';
import { virNetMessageError, virNetMessageStatus, virNetMessageType } from './gen/net.ts';
import { KEEPALIVE_PROGRAM, Keepalive, type KeepaliveOptions } from './keepalive.ts';
import type { Procedure } from './procedure.ts';
import { type CallOptions, type Caller, DEFAULT_TIMEOUT_MS, type StreamReply } from './rpc-types.ts';
import { LibvirtStream } from './stream.ts';
import { decode, encode } from './xdr.ts';

const { VIR_NET_CALL, VIR_NET_MESSAGE, VIR_NET_REPLY, VIR_NET_STREAM } = virNetMessageType;
const { VIR_NET_CONTINUE, VIR_NET_ERROR, VIR_NET_OK } = virNetMessageStatus;
const STREAM_STATUS = { ok: VIR_NET_OK, error: VIR_NET_ERROR, continue: VIR_NET_CONTINUE } as const;
const NO_BYTES = new Uint8Array();

export interface RpcOptions {
  /** Calls at the server at once; libvirtd's own default limit is 5. */
  inFlightMax?: number;
  /** With every place held by calls that were given up, the connection closes after so long. */
  stuckMs?: number;
}

type AnyProcedure = Omit<Procedure<never, unknown>, 'args' | 'ret'>;
type Outcome =
  | { frame: Frame; stream: LibvirtStream | null }
  | { kind: LibvirtErrorKind; message: string; cause?: unknown };

interface Pending {
  procedure: AnyProcedure;
  /** Null once the caller was told; the place is still taken. */
  settle: ((outcome: Outcome) => void) | null;
  stream: LibvirtStream | null;
}

export class RpcConnection implements Caller {
  /** Fulfilled with the reason once the connection is gone. */
  readonly closed: Promise<LibvirtError>;
  /** Called for every message the server sends on its own account. */
  onEvent: (frame: Frame) => void = () => undefined;

  readonly #socket: Duplex;
  readonly #splitter = new FrameSplitter();
  readonly #keepalive = new Keepalive((header) => this.#send(header, NO_BYTES));
  readonly #slots: CallSlots;
  readonly #stuckMs: number;
  readonly #pending = new Map<number, Pending>();
  readonly #queued = new Set<(outcome: Outcome) => void>();
  readonly #streams = new Map<number, LibvirtStream>();
  readonly #resolveClosed: (reason: LibvirtError) => void;
  #closedBy: LibvirtError | null = null;
  #serial = 0;
  #stuckTimer: NodeJS.Timeout | undefined;

  constructor(socket: Duplex, { inFlightMax = 4, stuckMs = 30_000 }: RpcOptions = {}) {
    this.#socket = socket;
    this.#slots = new CallSlots(inFlightMax);
    this.#stuckMs = stuckMs;
    const { promise, resolve } = Promise.withResolvers<LibvirtError>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#close('closed', `connection failed: ${error.message}`, error));
    // The transport may have paused it after reading ahead.
    socket.resume();
    for (const event of ['end', 'close']) {
      socket.on(event, () => this.#close('closed', 'libvirt closed the connection'));
    }
  }

  get isClosed(): boolean {
    return this.#closedBy !== null;
  }

  /** Pings from now on; ask the server first whether it knows keepalive. */
  keepaliveStart(options: KeepaliveOptions): void {
    this.#keepalive.start(
      options,
      () => this.#socket.isPaused(),
      () => this.#close('closed', `no sign of life for ${options.intervalMs * options.count} ms`),
    );
  }

  close(message = 'the connection was closed here'): void {
    this.#close('closed', message);
  }

  async call<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<R> {
    const { frame } = await this.#exchange(procedure, this.#encode(procedure, args), options);
    return this.#decode(procedure, frame);
  }

  async stream<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<StreamReply<R>> {
    if (procedure.stream === 'none') throw new TypeError(`${procedure.name} has no stream`);
    const payload = this.#encode(procedure, args);
    const { frame, stream } = await this.#exchange(procedure, payload, options, true);
    if (stream === null) throw this.#error(procedure, 'protocol', 'no stream was opened');
    return { ret: this.#decode(procedure, frame), stream };
  }

  #error(procedure: AnyProcedure, kind: LibvirtErrorKind, message: string, cause?: unknown): LibvirtError {
    return new LibvirtError({ kind, message: `${procedure.name}: ${message}`, procedure: procedure.name, cause });
  }

  #encode<A, R>(procedure: Procedure<A, R>, args: A): Buffer {
    try {
      return encode(procedure.args, args);
    } catch (cause) {
      throw this.#error(procedure, 'protocol', `arguments do not fit: ${String(cause)}`, cause);
    }
  }

  #decode<A, R>(procedure: Procedure<A, R>, frame: Frame): R {
    try {
      return decode(procedure.ret, frame.payload);
    } catch (cause) {
      throw this.#error(procedure, 'protocol', `cannot read the reply: ${String(cause)}`, cause);
    }
  }

  /**
   * Sends and waits. The error is made here and not where the socket is read, so that its stack leads to the caller.
   */
  async #exchange(
    procedure: AnyProcedure,
    payload: Buffer,
    options: CallOptions,
    withStream = false,
  ): Promise<{ frame: Frame; stream: LibvirtStream | null }> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
    const sent: { serial: number } = { serial: 0 };
    const outcome = await new Promise<Outcome>((resolve) => {
      if (this.#closedBy) return resolve({ kind: 'closed', message: this.#closedBy.message, cause: this.#closedBy });
      if (signal?.aborted)
        return resolve({ kind: 'aborted', message: 'given up before it began', cause: signal.reason });
      let withdraw: () => void = () => undefined;
      const settle = (result: Outcome): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#queued.delete(settle);
        withdraw();
        resolve(result);
      };
      const giveUp = (result: Outcome): void => {
        this.#abandon(sent.serial);
        settle(result);
      };
      const onAbort = (): void => giveUp({ kind: 'aborted', message: 'given up by the caller', cause: signal?.reason });
      const timer = setTimeout(
        () => giveUp({ kind: 'timeout', message: `no reply within ${timeoutMs} ms` }),
        timeoutMs,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queued.add(settle);
      withdraw = this.#slots.enter(() => {
        this.#queued.delete(settle);
        sent.serial = this.#start(procedure, payload, settle, withStream);
      });
    });
    if (!('frame' in outcome)) throw this.#error(procedure, outcome.kind, outcome.message, outcome.cause);
    if (outcome.frame.status === VIR_NET_OK) return outcome;
    throw this.#remoteError(outcome.frame, procedure);
  }

  #remoteError(frame: Frame, procedure: AnyProcedure | null): LibvirtError {
    try {
      return remoteError(decode(virNetMessageError, frame.payload), procedure?.name);
    } catch (cause) {
      return new LibvirtError({ kind: 'protocol', message: `cannot read libvirt's error: ${String(cause)}`, cause });
    }
  }

  #start(procedure: AnyProcedure, payload: Buffer, settle: (o: Outcome) => void, withStream: boolean): number {
    const serial = (this.#serial = (this.#serial % 0xffffffff) + 1);
    const stream = withStream ? this.#streamOpen(procedure, serial) : null;
    this.#pending.set(serial, { procedure, settle, stream });
    if (stream) this.#streams.set(serial, stream);
    this.#send(this.#header(procedure, VIR_NET_CALL, serial, VIR_NET_OK), payload);
    return serial;
  }

  #header({ program, version, number }: AnyProcedure, type: number, serial: number, status: number): FrameHeader {
    return { program, version, procedure: number, type, serial, status };
  }

  #streamOpen(procedure: AnyProcedure, serial: number): LibvirtStream {
    return new LibvirtStream(
      {
        send: (status, bytes, done) =>
          this.#send(this.#header(procedure, VIR_NET_STREAM, serial, STREAM_STATUS[status]), bytes, done),
        pause: () => this.#socket.pause(),
        resume: () => this.#socket.resume(),
        release: () => this.#streams.delete(serial),
      },
      procedure.stream,
    );
  }

  /** The caller is gone, the work is not: the place stays taken until the reply comes. */
  #abandon(serial: number): void {
    const pending = this.#pending.get(serial);
    if (pending === undefined) return;
    pending.settle = null;
    const stuck = this.#slots.full && [...this.#pending.values()].every(({ settle }) => settle === null);
    if (stuck && this.#stuckTimer === undefined) {
      this.#stuckTimer = setTimeout(
        () => this.#close('closed', 'every place is held by a call that was given up'),
        this.#stuckMs,
      );
    }
  }

  #send(header: FrameHeader, payload: Uint8Array, done?: (error?: Error | null) => void): void {
    if (this.#closedBy) done?.(this.#closedBy);
    else this.#socket.write(frameEncode(header, payload), done);
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#splitter.push(chunk)) {
        this.#keepalive.heard();
        this.#dispatch(frame);
      }
    } catch (cause) {
      this.#close('protocol', `cannot follow what libvirt sends: ${String(cause)}`, cause);
    }
  }

  #dispatch(frame: Frame): void {
    if (this.#closedBy) return;
    if (frame.program === KEEPALIVE_PROGRAM) this.#keepalive.receive(frame.procedure);
    else if (frame.type === VIR_NET_REPLY) this.#dispatchReply(frame);
    else if (frame.type === VIR_NET_STREAM) this.#dispatchStream(frame);
    else if (frame.type === VIR_NET_MESSAGE) this.onEvent(frame);
    else throw new Error(`message of type ${frame.type}`);
  }

  #dispatchReply(frame: Frame): void {
    const pending = this.#pending.get(frame.serial);
    if (pending === undefined) throw new Error(`a reply to call ${frame.serial}, which was not made`);
    if (pending.procedure.number !== frame.procedure || pending.procedure.program !== frame.program) {
      throw new Error(`a reply of procedure ${frame.procedure} to ${pending.procedure.name}`);
    }
    this.#pending.delete(frame.serial);
    clearTimeout(this.#stuckTimer);
    this.#stuckTimer = undefined;
    this.#slots.leave();
    const { settle, stream } = pending;
    if (frame.status !== VIR_NET_OK) this.#streams.delete(frame.serial);
    // Nobody took it: without an abort the stream would stay open at the server. Earlier it would have been ignored.
    else if (settle === null) stream?.destroy();
    settle?.({ frame, stream });
  }

  #dispatchStream(frame: Frame): void {
    const stream = this.#streams.get(frame.serial);
    // Messages of a stream that was given up here are still on their way.
    if (stream === undefined) return;
    if (frame.status === VIR_NET_ERROR) stream.fail(this.#remoteError(frame, null));
    else stream.receive(frame.status === VIR_NET_OK ? 'ok' : 'continue', frame.payload);
  }

  #close(kind: 'closed' | 'protocol', message: string, cause?: unknown): void {
    if (this.#closedBy) return;
    const reason = new LibvirtError({ kind, message, cause });
    this.#closedBy = reason;
    clearTimeout(this.#stuckTimer);
    this.#keepalive.stop();
    this.#socket.destroy();
    const waiting = [...this.#queued, ...[...this.#pending.values()].map(({ settle }) => settle)];
    this.#queued.clear();
    this.#pending.clear();
    for (const settle of waiting) settle?.({ kind, message, cause: reason });
    for (const stream of this.#streams.values()) stream.fail(reason);
    this.#streams.clear();
    this.#resolveClosed(reason);
  }
}
