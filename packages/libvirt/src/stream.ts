/**
 * A libvirt stream as a Node Duplex. The protocol has no window: a reader that does not keep up stops the whole
 * socket, so a stream that may be slow belongs on a connection of its own.
 */
import { Duplex } from 'node:stream';
import { LibvirtError } from './errors.ts';
import type { StreamDirection } from './procedure.ts';

/** What a stream needs of its connection. */
export interface StreamWire {
  /** Sends stream bytes (`continue`), the orderly end (`ok`) or the abort (`error`). */
  send(status: 'ok' | 'error' | 'continue', bytes: Uint8Array, done?: (error?: Error | null) => void): void;
  pause(): void;
  resume(): void;
  /** The stream is over: nothing of it will be sent or wanted any more. */
  release(): void;
}

/** The largest payload that every libvirt takes in one stream message. */
const CHUNK_BYTES = 262_120;
const READ_AHEAD_BYTES = 1024 * 1024;
const NO_BYTES = new Uint8Array();

export class LibvirtStream extends Duplex {
  readonly #wire: StreamWire;
  #peerDone = false;
  #finishing: ((error?: Error | null) => void) | null = null;

  constructor(wire: StreamWire, direction: StreamDirection) {
    // An upload has no readable side; everything else ends our side when the other side ends.
    super({ allowHalfOpen: direction === 'write', readableHighWaterMark: READ_AHEAD_BYTES });
    this.#wire = wire;
    // It may fail before anyone listens; whoever reads or writes it later still gets the error.
    this.on('error', () => undefined);
    if (direction === 'write') {
      this.push(null);
      this.resume();
    }
  }

  /** A message for this stream; called by the connection. */
  receive(status: 'ok' | 'continue', payload: Buffer): void {
    if (this.destroyed) return;
    if (status === 'ok') {
      this.#peerDone = true;
      this.#finishing?.();
      this.#finishing = null;
      if (!this.readableEnded) this.push(null);
    } else if (payload.length === 0) this.push(null);
    else if (!this.push(payload)) this.#wire.pause();
  }

  /** The stream failed: by libvirt's word or because the connection is gone. */
  fail(error: LibvirtError): void {
    this.#peerDone = true;
    this.destroy(error);
  }

  override _read(): void {
    this.#wire.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const last = Math.floor(Math.max(chunk.length - 1, 0) / CHUNK_BYTES) * CHUNK_BYTES;
    for (let at = 0; at < last; at += CHUNK_BYTES) this.#wire.send('continue', chunk.subarray(at, at + CHUNK_BYTES));
    // An empty message means end of file: it must not be sent by accident.
    if (chunk.length === 0) done();
    else this.#wire.send('continue', chunk.subarray(last), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#peerDone) return done();
    this.#finishing = done;
    this.#wire.send('ok', NO_BYTES);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#peerDone) this.#wire.send('error', NO_BYTES);
    this.#finishing?.(error ?? new LibvirtError({ kind: 'aborted', message: 'the stream was given up' }));
    this.#finishing = null;
    this.#wire.resume();
    this.#wire.release();
    done(error);
  }
}

/** Everything the stream delivers, at most `maxBytes`. Throws LibvirtError of kind `timeout` or `protocol`. */
export const streamCollect = async (stream: LibvirtStream, maxBytes: number, timeoutMs: number): Promise<Buffer> => {
  const timer = setTimeout(
    () => stream.destroy(new LibvirtError({ kind: 'timeout', message: `stream not done within ${timeoutMs} ms` })),
    timeoutMs,
  );
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue;
      length += chunk.length;
      if (length > maxBytes) throw new LibvirtError({ kind: 'protocol', message: `stream is over ${maxBytes} bytes` });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
};
