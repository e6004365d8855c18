/** Opens the byte stream to a libvirt daemon: unix socket, TCP, or TLS with client certificate. */
import { type Socket, connect as netConnect } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { LibvirtError } from './errors.ts';

export type TransportTarget =
  | { kind: 'unix'; path: string }
  | { kind: 'tcp'; host: string; port: number }
  | {
      kind: 'tls';
      host: string;
      port: number;
      /** PEM. The daemon's name is checked against `servername`, by default `host`. */
      ca: string;
      cert: string;
      key: string;
      servername?: string;
    };

export interface ConnectOptions {
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

const describe = (target: TransportTarget): string =>
  target.kind === 'unix' ? target.path : `${target.host}:${target.port}`;

const socketOpen = (target: TransportTarget): Socket | TLSSocket => {
  switch (target.kind) {
    case 'unix':
      return netConnect({ path: target.path });
    case 'tcp':
      return netConnect({ host: target.host, port: target.port, noDelay: true });
    case 'tls': {
      const { host, port, ca, cert, key } = target;
      const servername = target.servername ?? host;
      const socket = tlsConnect({ host, port, ca, cert, key, servername, minVersion: 'TLSv1.2' });
      socket.setNoDelay(true);
      // One record for each message. Node puts writes that had to wait into one; libvirtd then reads the first message of it
      // and waits for the kernel to tell of more, while the rest lies decrypted in its TLS library until something else comes.
      return Object.assign(socket, { _writev: null });
    }
  }
};

/**
 * With TLS the daemon judges our certificate after the handshake and then sends one byte, 1. A refusal shows as a
 * close after `secureConnect`: only the byte proves that we are in.
 */
const admissionWait = (socket: Socket, done: (error?: Error) => void): void => {
  socket.once('data', (chunk: Buffer) => {
    socket.pause();
    if (chunk.length > 1) socket.unshift(chunk.subarray(1));
    done(chunk[0] === 1 ? undefined : new Error(`the daemon answered ${chunk[0]} to our certificate`));
  });
};

/**
 * A connected, admitted socket.
 * Throws LibvirtError of kind `connect`, `timeout` or `aborted`; the socket is then gone.
 */
export const transportConnect = (target: TransportTarget, options: ConnectOptions = {}): Promise<Socket> => {
  const { timeoutMs = 5_000, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = socketOpen(target);
    const settle = (error?: LibvirtError): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError).off('close', onClose).off('connect', onConnect).off('secureConnect', onSecure);
      if (error === undefined) return resolve(socket);
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const fail = (kind: 'connect' | 'timeout' | 'aborted', what: string, cause?: unknown): void =>
      settle(new LibvirtError({ kind, message: `${describe(target)}: ${what}`, cause }));
    const onAbort = (): void => fail('aborted', 'connecting was given up', signal?.reason);
    const onError = (error: Error): void => fail('connect', error.message, error);
    const onClose = (): void => fail('connect', 'closed while connecting');
    const onConnect = (): void => (target.kind === 'tls' ? undefined : settle());
    const onSecure = (): void =>
      admissionWait(socket, (error) => (error ? fail('connect', error.message, error) : settle()));
    const timer = setTimeout(() => fail('timeout', `no connection within ${timeoutMs} ms`), timeoutMs);
    socket.on('error', onError).on('close', onClose).on('connect', onConnect).on('secureConnect', onSecure);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
};
