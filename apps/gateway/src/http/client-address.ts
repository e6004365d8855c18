import type { IncomingMessage } from 'node:http';
import { addressCanonical, sourceMatches } from '../identity/source-address.ts';
import type { Parts } from '../parts.ts';

/**
 * The client's address in canonical form: the peer of the connection. Behind proxies that the operator trusts it is the last
 * address of X-Forwarded-For that is none of theirs; what stands before it, the client may have written himself.
 */
export function addressOf({ trustedProxies }: Pick<Parts, 'trustedProxies'>, request: IncomingMessage): string {
  const peer = addressCanonical(request.socket.remoteAddress ?? 'unknown');
  const isTrusted = (address: string): boolean => trustedProxies.length > 0 && sourceMatches(trustedProxies, address);
  if (!isTrusted(peer)) return peer;
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const hops = forwarded.map((hop) => addressCanonical(hop.trim())).filter(Boolean);
  return hops.findLast((hop) => !isTrusted(hop)) ?? hops[0] ?? peer;
}
