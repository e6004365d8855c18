/** Frames of a WebSocket's client (RFC 6455, section 5), taken apart as they come: contents are passed on, never kept. */

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const CONTROL_MOST = 125;

/** What a client may not send; `code` is what the connection is closed with. */
export class FrameError extends Error {
  readonly code = 1002;
}

export interface FrameEvents {
  /** Content of data frames in order, however it was framed. */
  readonly data: (content: Buffer) => void;
  readonly control: (opcode: number, content: Buffer) => void;
}

/** A head of 2 bytes says how long the head is. */
function headLength(head: Buffer): number {
  const marked = (head[1] ?? 0) & 0x7f;
  return 6 + (marked === 126 ? 2 : marked === 127 ? 8 : 0);
}

export class FrameReader {
  readonly #events: FrameEvents;
  readonly #head = Buffer.alloc(14);
  readonly #mask = Buffer.alloc(4);
  #headHas = 0;
  #opcode = 0;
  #left = 0;
  #maskAt = 0;
  #control: Buffer[] = [];

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  /** Takes what came; unmasks it where it lies. @throws FrameError. */
  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) {
        at = this.#headRead(chunk, at);
        continue;
      }
      const content = chunk.subarray(at, at + this.#left);
      at += content.length;
      this.#unmask(content);
      this.#left -= content.length;
      if (this.#opcode < 8) this.#events.data(content);
      else {
        this.#control.push(content);
        if (this.#left === 0) this.#controlEnd();
      }
    }
  }

  #headRead(chunk: Buffer, at: number): number {
    const wanted = this.#headHas < 2 ? 2 : headLength(this.#head);
    const taken = chunk.copy(this.#head, this.#headHas, at, at + wanted - this.#headHas);
    this.#headHas += taken;
    if (this.#headHas >= 2 && this.#headHas === headLength(this.#head)) this.#frameBegin();
    return at + taken;
  }

  #frameBegin(): void {
    const head = this.#head;
    const [first = 0, second = 0] = head;
    const marked = second & 0x7f;
    const length = marked === 126 ? head.readUInt16BE(2) : marked === 127 ? Number(head.readBigUInt64BE(2)) : marked;
    const opcode = first & 0x0f;
    const isControl = opcode >= 8;
    const isKnown = opcode <= OPCODE.binary || (isControl && opcode <= OPCODE.pong);
    const isWhole = (first & 0x80) !== 0;
    if ((first & 0x70) !== 0 || !isKnown) throw new FrameError('a frame of an unknown kind');
    if ((second & 0x80) === 0) throw new FrameError('a frame without a mask');
    if (isControl && (!isWhole || length > CONTROL_MOST)) throw new FrameError('a control frame that is too long');
    if (!Number.isSafeInteger(length)) throw new FrameError('a frame without an end');
    head.copy(this.#mask, 0, this.#headHas - 4, this.#headHas);
    this.#headHas = 0;
    this.#maskAt = 0;
    this.#opcode = opcode;
    this.#left = length;
    if (isControl && length === 0) this.#controlEnd();
  }

  #controlEnd(): void {
    const content = Buffer.concat(this.#control);
    this.#control = [];
    this.#events.control(this.#opcode, content);
  }

  #unmask(content: Buffer): void {
    const mask = this.#mask;
    for (let i = 0; i < content.length; i += 1) {
      content[i] = (content[i] ?? 0) ^ (mask[this.#maskAt & 3] ?? 0);
      this.#maskAt += 1;
    }
  }
}

/** Length of the head that {@link frameHead} writes at most. */
export const FRAME_ROOM = 10;

/** Writes the head of a server's frame so that it ends at `end`. @returns its length. */
export function frameHead(into: Buffer, end: number, length: number, opcode: number = OPCODE.binary): number {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const at = end - size;
  into[at] = 0x80 | opcode;
  into[at + 1] = size === 2 ? length : size === 4 ? 126 : 127;
  if (size === 4) into.writeUInt16BE(length, at + 2);
  else if (size === 10) into.writeBigUInt64BE(BigInt(length), at + 2);
  return size;
}

/** A whole control frame. `content` has at most 125 bytes. */
export function controlFrame(opcode: number, content: Buffer): Buffer {
  const frame = Buffer.alloc(2 + content.length);
  frameHead(frame, 2, content.length, opcode);
  content.copy(frame, 2);
  return frame;
}
