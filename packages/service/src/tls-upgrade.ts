/**
 * The asking side of an HTTP upgrade over mutual TLS, for sockets that afterwards only pass bytes on (see byte-relay.ts).
 * Node's own client would do, but its sockets cannot read into shared memory.
 */
import type { SocketConstructorOpts } from 'node:net';
import { connect, createSecureContext, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import type { Writable } from 'node:stream';
import { ByteRelay, readShared } from './byte-relay.ts';

const HEAD_MOST = 16 * 1024;
const CONTEXTS_MOST = 8;

export interface UpgradeOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Names in lower case, values without line breaks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: ConnectionOptions;
  /** Milliseconds until there has to be an answer. */
  readonly deadline: number;
}

export interface Upgraded {
  readonly socket: TLSSocket;
  /** Of the answer, names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** From now on what comes is written to `to`; until then nothing more is read. Once. */
  readonly relayTo: (to: Writable) => void;
}

/** The other side answered and did not upgrade. */
export class UpgradeRefused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

const contexts = new Map<string, SecureContext>();

/** One for all sockets of the same certificate: each of its own would cost more memory than the rest of an idle session. */
function contextOf({ cert, key, ca, minVersion }: ConnectionOptions): SecureContext {
  const name = JSON.stringify([cert, ca, minVersion]);
  let context = contexts.get(name);
  if (!context) {
    if (contexts.size >= CONTEXTS_MOST) contexts.clear();
    contexts.set(name, (context = createSecureContext({ cert, key, ca, minVersion })));
  }
  return context;
}

interface AnswerHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** @throws Error when it is no answer of HTTP/1.1. */
function answerHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/u.exec(first)?.[1];
  if (status === undefined) throw new Error('the answer is not HTTP/1.1');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, Math.max(0, colon)).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(status), headers: new Map(headers) };
}

function requestText({ host, port, path, headers }: UpgradeOptions): string {
  const lines = Object.entries({ host: `${host}:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`);
  for (const line of [path, ...lines]) if (/[\r\n]/u.test(line)) throw new Error('a line break in a header');
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** @throws UpgradeRefused; Error when there was no answer by the deadline or the other side is not who it should be. */
export function tlsUpgrade(options: UpgradeOptions): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const text = requestText(options);
    let got = Buffer.alloc(0);
    let relay: ByteRelay | null = null;
    const answered = (): void => {
      const end = got.indexOf('\r\n\r\n');
      if (end < 0 && got.length <= HEAD_MOST) return;
      if (end < 0) throw new Error('the answer has no end');
      const { status, headers } = answerHead(got.toString('latin1', 0, end));
      if (status !== 101) throw new UpgradeRefused(status);
      got = got.subarray(end + 4);
      clearTimeout(late);
      socket.off('error', failed);
      socket.off('close', closed);
      const relayTo = (to: Writable): void => {
        const made = new ByteRelay(to, () => socket.resume());
        relay = made;
        socket.once('end', () => made.flush());
        socket.once('close', () => made.flush());
        if (got.length > 0) made.take(got);
        got = Buffer.alloc(0);
        socket.resume();
      };
      isAnswered = true;
      resolve({ socket, headers, relayTo });
    };
    let isAnswered = false;
    const connection: ConnectionOptions & Pick<SocketConstructorOpts, 'onread'> = {
      ...options.tls,
      secureContext: contextOf(options.tls),
      host: options.host,
      port: options.port,
      onread: readShared((chunk) => {
        if (relay) return relay.take(chunk);
        got = Buffer.concat([got, chunk]);
        if (!isAnswered) {
          try {
            answered();
          } catch (error) {
            socket.destroy(error instanceof Error ? error : new Error(String(error)));
          }
        }
        return !isAnswered;
      }),
    };
    const socket: TLSSocket = connect(connection);
    const failed = (error: Error): void => reject(error);
    const closed = (): void => reject(new Error('closed without an answer'));
    const late = setTimeout(() => socket.destroy(new Error('no answer')), options.deadline);
    socket.setNoDelay(true);
    socket.once('error', failed);
    socket.once('close', closed);
    socket.once('close', () => clearTimeout(late));
    socket.once('secureConnect', () => socket.write(text));
  });
}
