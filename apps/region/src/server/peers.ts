/** Who is at the other end of a connection, by its certificate: the gateway, one of our hosts, or nobody we know. */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { peerIdentityOf } from '@basalt/service';

export type Peer = { readonly kind: 'gateway' } | { readonly kind: 'host'; readonly identity: string } | null;

const known = new WeakMap<object, string | null>();

/** @param regionKey certificates of another region's authority do not even get here; the key is checked all the same */
export function peerOf(request: IncomingMessage, regionKey: string): Peer {
  const socket = request.socket as TLSSocket;
  if (!known.has(socket)) known.set(socket, peerIdentityOf(socket));
  const identity = known.get(socket);
  if (!identity) return null;
  const prefix = `basalt://region/${regionKey}/`;
  if (identity === `${prefix}gateway`) return { kind: 'gateway' };
  return identity.startsWith(`${prefix}host/`) ? { kind: 'host', identity } : null;
}
