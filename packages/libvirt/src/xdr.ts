/**
 * XDR (RFC 4506) as libvirt speaks it: big endian, everything padded to four bytes.
 * Every variable-length item carries its limit, and a decoder must consume its message exactly: a message that
 * does not fit the definition must fail here and not travel further as a half-right value.
 */

export class XdrError extends Error {
  override readonly name = 'XdrError';
}

/** A two-way translation between a value and its bytes. */
export interface Codec<T> {
  write(writer: XdrWriter, value: T): void;
  read(reader: XdrReader): T;
}

const padding = (length: number): number => (4 - (length & 3)) & 3;

/** Grows as needed; `finish` returns the bytes written so far. */
export class XdrWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(initial = 256) {
    this.#buffer = Buffer.allocUnsafe(initial);
  }

  #reserve(size: number): number {
    const at = this.#length;
    const needed = at + size;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#length = needed;
    return at;
  }

  u32(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
      throw new XdrError(`not an unsigned int: ${value}`);
    const at = this.#reserve(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  i32(value: number): void {
    if (!Number.isInteger(value) || value < -0x80000000 || value > 0x7fffffff)
      throw new XdrError(`not an int: ${value}`);
    const at = this.#reserve(4);
    this.#buffer.writeInt32BE(value, at);
  }

  u64(value: bigint): void {
    if (value < 0n || value > 0xffffffffffffffffn) throw new XdrError(`not an unsigned hyper: ${value}`);
    const at = this.#reserve(8);
    this.#buffer.writeBigUInt64BE(value, at);
  }

  i64(value: bigint): void {
    if (value < -0x8000000000000000n || value > 0x7fffffffffffffffn) throw new XdrError(`not a hyper: ${value}`);
    const at = this.#reserve(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  f64(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  /** Raw bytes and their padding, without a length. */
  bytes(value: Uint8Array): void {
    const pad = padding(value.length);
    const at = this.#reserve(value.length + pad);
    this.#buffer.set(value, at);
    this.#buffer.fill(0, at + value.length, at + value.length + pad);
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}

/** Reads from one message; never beyond its end. */
export class XdrReader {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at = 0) {
    this.#buffer = buffer;
    this.#at = at;
  }

  get remaining(): number {
    return this.#buffer.length - this.#at;
  }

  #take(size: number): number {
    if (size > this.remaining) throw new XdrError(`message ends ${size - this.remaining} bytes early`);
    const at = this.#at;
    this.#at = at + size;
    return at;
  }

  u32(): number {
    return this.#buffer.readUInt32BE(this.#take(4));
  }

  i32(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }

  u64(): bigint {
    return this.#buffer.readBigUInt64BE(this.#take(8));
  }

  i64(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8));
  }

  f64(): number {
    return this.#buffer.readDoubleBE(this.#take(8));
  }

  /** A view on the message: copy it before keeping it, see `opaqueFixed`. */
  view(length: number): Buffer {
    const at = this.#take(length + padding(length));
    return this.#buffer.subarray(at, at + length);
  }

  /** Fails when the definition and the message disagree about where the message ends. */
  end(): void {
    if (this.remaining !== 0) throw new XdrError(`${this.remaining} bytes left over`);
  }
}

/** Bytes of a value by its codec. */
export const encode = <T>(codec: Codec<T>, value: T): Buffer => {
  const writer = new XdrWriter();
  codec.write(writer, value);
  return writer.finish();
};

/** A value from exactly these bytes; throws XdrError when some are missing or left over. */
export const decode = <T>(codec: Codec<T>, bytes: Buffer): T => {
  const reader = new XdrReader(bytes);
  const value = codec.read(reader);
  reader.end();
  return value;
};
