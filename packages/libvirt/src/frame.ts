/** Frames: a length that counts itself, six header words, a payload. */
import { VIR_NET_MESSAGE_LEN_MAX, VIR_NET_MESSAGE_MAX } from './gen/net.ts';
import { XdrError } from './xdr.ts';

export const FRAME_HEADER_BYTES = 28;
const FRAME_MAX_BYTES = VIR_NET_MESSAGE_MAX + VIR_NET_MESSAGE_LEN_MAX;

export interface FrameHeader {
  program: number;
  version: number;
  procedure: number;
  type: number;
  serial: number;
  status: number;
}

export interface Frame extends FrameHeader {
  payload: Buffer;
}

/** One frame as bytes. Throws XdrError when the payload is larger than libvirt accepts. */
export const frameEncode = (header: FrameHeader, payload: Uint8Array): Buffer => {
  const length = FRAME_HEADER_BYTES + payload.length;
  if (length > FRAME_MAX_BYTES)
    throw new XdrError(`a frame of ${length} bytes is over the limit of ${FRAME_MAX_BYTES}`);
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(header.program, 4);
  bytes.writeUInt32BE(header.version, 8);
  bytes.writeInt32BE(header.procedure, 12);
  bytes.writeInt32BE(header.type, 16);
  bytes.writeUInt32BE(header.serial, 20);
  bytes.writeInt32BE(header.status, 24);
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
};

const frameDecode = (bytes: Buffer): Frame => ({
  program: bytes.readUInt32BE(4),
  version: bytes.readUInt32BE(8),
  procedure: bytes.readInt32BE(12),
  type: bytes.readInt32BE(16),
  serial: bytes.readUInt32BE(20),
  status: bytes.readInt32BE(24),
  payload: bytes.subarray(FRAME_HEADER_BYTES),
});

/** Cuts a byte stream into frames. Throws XdrError at a length no frame can have. */
export class FrameSplitter {
  #chunks: Buffer[] = [];
  #buffered = 0;
  #wanted = VIR_NET_MESSAGE_LEN_MAX;

  /** The frames completed by this chunk; their payloads are views of received bytes. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const frames: Frame[] = [];
    while (this.#buffered >= this.#wanted) {
      // Joined only when enough is there: a large frame in many chunks is copied once, not once per chunk.
      const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks);
      const length = all.readUInt32BE(0);
      if (length < FRAME_HEADER_BYTES || length > FRAME_MAX_BYTES) throw new XdrError(`not a frame length: ${length}`);
      if (all.length >= length) frames.push(frameDecode(all.subarray(0, length)));
      const rest = all.length >= length ? all.subarray(length) : all;
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#buffered = rest.length;
      this.#wanted = all.length >= length ? VIR_NET_MESSAGE_LEN_MAX : length;
    }
    return frames;
  }
}
