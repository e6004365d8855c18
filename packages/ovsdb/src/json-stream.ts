/**
 * OVSDB writes JSON texts back to back, without length or separator, so the end of a message is where the outermost
 * bracket closes. Scanning happens on bytes: all of JSON's structure is ASCII and no byte of a multi-byte UTF-8
 * character is, so a character cut in two by the network cannot confuse it.
 */
import { OvsdbError } from './errors.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Cuts a byte stream into JSON values. Not reusable after it has thrown. */
export class JsonStream {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #held = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** @param maxBytes largest single message accepted, in bytes. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next chunk and returns the values completed by it.
   * @throws OvsdbError `protocol` when the stream is not a sequence of JSON objects or arrays, or a message is too large.
   */
  push(chunk: Buffer): unknown[] {
    const values: unknown[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
        continue;
      }
      if (this.#depth === 0) {
        if (isSpace(byte)) {
          start = at + 1;
          continue;
        }
        if (byte !== OPEN_BRACE && byte !== OPEN_BRACKET) throw new OvsdbError('protocol', 'stream is not JSON-RPC');
        start = at;
      }
      if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth--;
        if (this.#depth === 0) {
          this.#hold(chunk.subarray(start, at + 1));
          values.push(this.#take());
          start = at + 1;
        }
      }
    }
    if (this.#depth > 0) this.#hold(chunk.subarray(start));
    return values;
  }

  #hold(part: Buffer): void {
    this.#held += part.length;
    if (this.#held > this.#maxBytes) throw new OvsdbError('protocol', `message exceeds ${this.#maxBytes} bytes`);
    this.#parts.push(part);
  }

  #take(): unknown {
    const text = (this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)).toString('utf8');
    this.#parts = [];
    this.#held = 0;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new OvsdbError('protocol', 'malformed JSON from the server', { cause });
    }
  }
}
