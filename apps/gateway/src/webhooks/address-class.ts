/**
 * Where webhooks may be sent (API-03). Whoever may make a webhook must not reach, through the gateway, what he could not
 * reach himself: the platform's own network, services of the machine, a cloud's metadata. So an address must be public, or lie
 * in a network that an administrator has named. Of IPv4 everything that IANA has set apart is refused; of IPv6 everything is
 * but what is handed out to the public (2000::/3), less what is set apart within it.
 */
import { BlockList } from 'node:net';
import { addressCanonical, networkParse, sourceMatches } from '../identity/source-address.ts';

/** IANA's special-purpose registry, with multicast and what is reserved. Metadata services live in 169.254/16. */
const special4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Within 2000::/3: protocol assignments (Teredo, ORCHID), documentation, 6to4, which carries any IPv4 address. */
const special6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const list = (networks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList => {
  const blocks = new BlockList();
  for (const [address, prefix] of networks) blocks.addSubnet(address, prefix, family);
  return blocks;
};
const refused4 = list(special4, 'ipv4');
const refused6 = list(special6, 'ipv6');
const handedOut6 = list([['2000::', 3]], 'ipv6');

/** Whether an address is one of the public internet. What cannot be read is not. An IPv4 address in IPv6 form counts as what it is. */
export function addressIsPublic(address: string): boolean {
  const found = networkParse(address);
  if (!found) return false;
  const text = addressCanonical(address);
  if (found.version === 4) return found.prefix === 32 && !refused4.check(text, 'ipv4');
  return found.prefix === 128 && handedOut6.check(text, 'ipv6') && !refused6.check(text, 'ipv6');
}

/** Whether webhooks may be sent to an address. @param allowed networks in CIDR notation */
export const addressPermitted = (address: string, allowed: readonly string[]): boolean =>
  addressIsPublic(address) || (allowed.length > 0 && sourceMatches(allowed, address));
