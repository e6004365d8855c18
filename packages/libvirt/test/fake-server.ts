/** A libvirt daemon made of whatever a test wants it to say. In memory: no socket, no daemon. */
import { type Duplex, duplexPair } from 'node:stream';
import { type Frame, FrameSplitter, frameEncode } from '../src/frame.ts';
import { virNetMessageError } from '../src/gen/net.ts';
import type { Procedure } from '../src/procedure.ts';
import { encode } from '../src/xdr.ts';

export const CALL = 0;
export const REPLY = 1;
export const MESSAGE = 2;
export const STREAM = 3;
export const OK = 0;
export const ERROR = 1;
export const CONTINUE = 2;

export class FakeServer {
  /** The end to give to the client. */
  readonly client: Duplex;
  readonly received: Frame[] = [];
  /** What to do with each frame; by default nothing. */
  onFrame: (frame: Frame) => void = () => undefined;
  readonly #side: Duplex;
  readonly #splitter = new FrameSplitter();

  constructor() {
    [this.client, this.#side] = duplexPair();
    this.#side.on('error', () => undefined);
    this.#side.on('data', (chunk: Buffer) => {
      for (const frame of this.#splitter.push(chunk)) {
        this.received.push(frame);
        this.onFrame(frame);
      }
    });
  }

  calls(): Frame[] {
    return this.received.filter(({ type }) => type === CALL);
  }

  raw(bytes: Uint8Array): void {
    this.#side.write(bytes);
  }

  send(frame: Omit<Frame, 'payload'>, payload: Uint8Array = new Uint8Array()): void {
    this.raw(frameEncode(frame, payload));
  }

  reply<A, R>(call: Frame, procedure: Procedure<A, R>, value: R): void {
    this.send({ ...call, type: REPLY, status: OK }, encode(procedure.ret, value));
  }

  refuse(call: Frame, code: number, message: string, type = REPLY): void {
    const error = {
      code,
      domain: 10,
      message,
      level: 2,
      dom: null,
      str1: message,
      str2: null,
      str3: null,
      int1: -1,
      int2: -1,
      net: null,
    };
    this.send({ ...call, type, status: ERROR }, encode(virNetMessageError, error));
  }

  end(): void {
    this.#side.end();
  }
}
