/**
 * Bytes from one socket to another without garbage. A stream allocates memory outside of V8's heap for each of its chunks,
 * and V8 answers that with a collection of its whole heap every few dozen megabytes: half the time of a process that only
 * passes bytes on. Here sockets read into memory that all of them share and what was read is gathered in blocks that are
 * used again. A session at rest holds none.
 */
import type { Duplex, Writable } from 'node:stream';

const READ_BYTES = 128 * 1024;
const BLOCK_BYTES = 384 * 1024;
/** Reading stops here. What TLS has decrypted by then still comes, and fits between this and the block's end. */
const FULL_BYTES = 192 * 1024;
const KEPT_BLOCKS = 4;
const END_MS = 5_000;
/** A whole TLS record: there is more to come in the same turn, so it is worth waiting for. */
const RECORD_BYTES = 16 * 1024;

let scratch: Buffer | null = null;
const kept: Buffer[] = [];

/** For the `onread` option of a socket: its bytes are given to `read` in memory that is valid only until that returns. */
export const readShared = (read: (chunk: Buffer) => boolean) => ({
  buffer: (scratch ??= Buffer.allocUnsafeSlow(READ_BYTES)),
  callback: (length: number, buffer: Uint8Array): boolean =>
    read(Buffer.from(buffer.buffer, buffer.byteOffset, length)),
});

export interface RelayFraming {
  /** Bytes that are kept free before each block's content. */
  readonly room: number;
  /** Writes a head that ends where the content begins. @returns its length, at most `room`. */
  readonly head: (block: Buffer, room: number, length: number) => number;
}

/** One direction: what is taken goes to `to`, at most one block ahead of it. */
export class ByteRelay {
  readonly #to: Writable;
  readonly #resume: () => void;
  readonly #framing: RelayFraming | null;
  readonly #room: number;
  #block: Buffer | null = null;
  #end: number;
  #writing = 0;
  #isDue = false;
  #isPaused = false;

  /** @param resume called when reading may go on after {@link take} said false */
  constructor(to: Writable, resume: () => void, framing: RelayFraming | null = null) {
    this.#to = to;
    this.#resume = resume;
    this.#framing = framing;
    this.#room = framing?.room ?? 0;
    this.#end = this.#room;
  }

  /** Copies the chunk. @returns false when no more may be read until `resume`. */
  take(chunk: Buffer): boolean {
    this.#block ??= kept.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    if (this.#end + chunk.length > this.#block.length) this.#block = Buffer.concat([this.#block, chunk]);
    chunk.copy(this.#block, this.#end);
    this.#end += chunk.length;
    if (this.#writing === 0) {
      if (chunk.length % RECORD_BYTES !== 0) this.flush();
      else if (!this.#isDue) {
        this.#isDue = true;
        setImmediate(() => {
          this.#isDue = false;
          if (this.#writing === 0) this.flush();
        });
      }
    }
    this.#isPaused = this.#end >= FULL_BYTES;
    return !this.#isPaused;
  }

  /** Writes what has been taken, also behind what is being written. */
  flush(): void {
    const block = this.#block;
    if (!block) return;
    const length = this.#end - this.#room;
    const head = this.#framing?.head(block, this.#room, length) ?? 0;
    const content = block.subarray(this.#room - head, this.#end);
    this.#block = null;
    this.#end = this.#room;
    this.#writing += 1;
    this.#to.write(content, (error) => {
      this.#writing -= 1;
      if (error) return;
      if (block.length === BLOCK_BYTES && kept.length < KEPT_BLOCKS) kept.push(block);
      if (this.#writing === 0) this.flush();
    });
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#resume();
    }
  }
}

/** Closes a socket when what has been written to it has gone out, or after five seconds. */
export function closeAfterWrites(socket: Duplex): void {
  if (socket.destroyed) return;
  const late = setTimeout(() => socket.destroy(), END_MS);
  late.unref();
  socket.once('close', () => clearTimeout(late));
  socket.end(() => socket.destroy());
}
