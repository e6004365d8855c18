import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkParse, networkText } from '../identity/source-address.ts';
import { addressIsPublic, addressPermitted } from './address-class.ts';

const bits4 = (text: string): bigint => networkParse(text)?.bits ?? 0n;
const text4 = (bits: bigint): string => networkText({ version: 4, bits, prefix: 32 });
const text6 = (bits: bigint): string => networkText({ version: 6, bits, prefix: 128 });
/** Any address of a network. */
const within = (cidr: string): fc.Arbitrary<string> => {
  const network = networkParse(cidr);
  if (!network) throw new Error(cidr);
  const width = network.version === 4 ? 32 : 128;
  return fc
    .bigInt({ min: 0n, max: (1n << BigInt(width - network.prefix)) - 1n })
    .map((host) => (network.version === 4 ? text4(network.bits | host) : text6(network.bits | host)));
};

const notPublic = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2001:10::/28',
  '2001:20::/28',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];
const isSetApart = (bits: bigint): boolean =>
  notPublic.some((cidr) => {
    const network = networkParse(cidr);
    if (network?.version !== 4) return false;
    const rest = BigInt(32 - network.prefix);
    return bits >> rest === network.bits >> rest;
  });

describe('addresses', () => {
  it('[API-03] that are set apart for anything but the public internet are refused, wherever in their network', () => {
    for (const cidr of notPublic)
      fc.assert(
        fc.property(within(cidr), (address) => {
          expect(addressIsPublic(address), address).toBe(false);
        }),
        { numRuns: 60 },
      );
  });

  it('[API-03] of IPv4 are judged alike however they are written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.bigInt({ min: 0n, max: 0xffff_ffffn }), within('10.0.0.0/8').map(bits4)), (bits) => {
        const expected = !isSetApart(bits);
        expect(addressIsPublic(text4(bits))).toBe(expected);
        const hex = bits.toString(16).padStart(8, '0');
        for (const mapped of [
          `::ffff:${text4(bits)}`,
          `::FFFF:${hex.slice(0, 4)}:${hex.slice(4)}`,
          `0:0:0:0:0:ffff:${hex.slice(0, 4)}:${hex.slice(4)}`,
        ])
          expect(addressIsPublic(mapped), mapped).toBe(expected);
        // what carries an IPv4 address through a translator or tunnel leads to that address
        for (const carried of [
          `64:ff9b::${text4(bits)}`,
          `::${text4(bits)}`,
          `2002:${hex.slice(0, 4)}:${hex.slice(4)}::1`,
        ])
          expect(addressIsPublic(carried), carried).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('[API-03] of the public internet are permitted', () => {
    for (const address of [
      '1.1.1.1',
      '8.8.8.8',
      '93.184.216.34',
      '172.15.255.255',
      '172.32.0.0',
      '100.128.0.0',
      '223.255.255.255',
      '2606:4700::1111',
      '2a00:1450:4001:800::200e',
      '2001:4860:4860::8888',
    ])
      expect(addressIsPublic(address), address).toBe(true);
  });

  it('[API-03] that cannot be read, or are networks, are refused', () => {
    for (const address of [
      '',
      'localhost',
      '1.1.1',
      '01.1.1.1',
      '1.1.0.0/16',
      '2606:4700::/32',
      'fe80::1%eth0',
      '2606:4700::1111%1',
    ])
      expect(addressIsPublic(address), address).toBe(false);
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (networkParse(text) === null) expect(addressIsPublic(text)).toBe(false);
      }),
    );
  });

  it('[API-03] within networks that were named are permitted, and those beside them are not', () => {
    fc.assert(
      fc.property(within('10.20.0.0/16'), (address) => {
        expect(addressPermitted(address, [])).toBe(false);
        expect(addressPermitted(address, ['10.20.0.0/16'])).toBe(true);
        expect(addressPermitted(`::ffff:${address}`, ['192.168.0.0/16', '10.20.0.0/16'])).toBe(true);
        expect(addressPermitted(address, ['10.21.0.0/16', 'fd00::/8'])).toBe(false);
      }),
    );
    expect(addressPermitted('fd12::1', ['fd12::/16'])).toBe(true);
    expect(addressPermitted('169.254.169.254', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'])).toBe(false);
    expect(addressPermitted('not an address', ['0.0.0.0/0', '::/0'])).toBe(false);
  });
});
