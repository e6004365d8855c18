/** The keepalive program: both sides may ping; silence after several pings means that the peer is gone. */
import { type FrameHeader } from './frame.ts';
import { virNetMessageStatus, virNetMessageType } from './gen/net.ts';

export const KEEPALIVE_PROGRAM = 0x6b656570;
const KEEPALIVE_VERSION = 1;
const PING = 1;
const PONG = 2;

export interface KeepaliveOptions {
  /** Milliseconds between pings on a silent connection. */
  intervalMs: number;
  /** So many intervals of silence close the connection. */
  count: number;
}

const header = (procedure: number): FrameHeader => ({
  program: KEEPALIVE_PROGRAM,
  version: KEEPALIVE_VERSION,
  procedure,
  type: virNetMessageType.VIR_NET_MESSAGE,
  serial: 0,
  status: virNetMessageStatus.VIR_NET_OK,
});

export class Keepalive {
  readonly #send: (header: FrameHeader) => void;
  #timer: NodeJS.Timeout | undefined;
  #silent = 0;

  constructor(send: (header: FrameHeader) => void) {
    this.#send = send;
  }

  /** Any received frame proves that the peer lives. */
  heard(): void {
    this.#silent = 0;
  }

  /** Handles a frame of this program. */
  receive(procedure: number): void {
    if (procedure === PING) this.#send(header(PONG));
  }

  /** `deaf` is true while we do not read ourselves: then silence says nothing about the peer. */
  start({ intervalMs, count }: KeepaliveOptions, deaf: () => boolean, lost: () => void): void {
    this.stop();
    this.#timer = setInterval(() => {
      if (deaf()) return this.heard();
      if (this.#silent++ >= count) return lost();
      this.#send(header(PING));
    }, intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
