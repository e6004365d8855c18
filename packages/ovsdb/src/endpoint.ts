/** Where a database server listens, in the notation of ovs-vsctl and ovn-nbctl, and how to get a socket to it. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { InvalidValueError, OvsdbError } from './errors.ts';

export type Endpoint =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp' | 'ssl'; readonly host: string; readonly port: number };

/** PEM texts; `servername` overrides the name checked in the server's certificate. */
export interface TlsOptions {
  readonly ca: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
}

/**
 * Parses `unix:/path`, `tcp:host:port`, `ssl:host:port`; IPv6 hosts in brackets.
 * @throws InvalidValueError for anything else.
 */
export function parseEndpoint(text: string): Endpoint {
  const unix = /^unix:(\/.+)$/.exec(text);
  if (unix?.[1] !== undefined) return { kind: 'unix', path: unix[1] };
  const inet = /^(tcp|ssl):(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})$/.exec(text);
  const port = Number(inet?.[3]);
  if (inet?.[2] === undefined || port < 1 || port > 65_535) {
    throw new InvalidValueError('endpoint', 'expected unix:/path, tcp:host:port or ssl:host:port', text);
  }
  return { kind: inet[1] === 'ssl' ? 'ssl' : 'tcp', host: inet[2].replaceAll(/[[\]]/g, ''), port };
}

/** The notation parseEndpoint reads, for messages. */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return `unix:${endpoint.path}`;
  return `${endpoint.kind}:${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}

/** Opens a socket, ready to write; TLS is verified against the given CA. */
export function openSocket(endpoint: Endpoint, tls: TlsOptions | undefined, timeoutMs: number): Promise<Socket> {
  const where = formatEndpoint(endpoint);
  return new Promise((resolve, reject) => {
    if (endpoint.kind === 'ssl' && tls === undefined) {
      reject(new OvsdbError('unreachable', `${where}: no TLS options given`));
      return;
    }
    const socket =
      endpoint.kind === 'unix'
        ? connectTcp({ path: endpoint.path })
        : endpoint.kind === 'tcp'
          ? connectTcp({ host: endpoint.host, port: endpoint.port, noDelay: true })
          : connectTls({ host: endpoint.host, port: endpoint.port, minVersion: 'TLSv1.2', ...tls });
    const ready = endpoint.kind === 'ssl' ? 'secureConnect' : 'connect';
    const timer = setTimeout(() => fail(new Error('connect timed out')), timeoutMs);
    const fail = (cause: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new OvsdbError('unreachable', `${where}: ${cause.message}`, { cause }));
    };
    socket.once('error', fail);
    socket.once(ready, () => {
      clearTimeout(timer);
      socket.off('error', fail);
      if (endpoint.kind !== 'unix') socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
