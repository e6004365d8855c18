import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressCanonical, networkParse, networkText, sourceMatches } from './source-address.ts';

const canonical = (text: string): string | null => {
  const found = networkParse(text);
  return found && networkText(found);
};

describe('an address or network', () => {
  it.each([
    ['192.168.0.1', '192.168.0.1'],
    ['192.168.0.1/32', '192.168.0.1'],
    [' 10.0.0.0/8 ', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::0:1/128', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['::/0', '::/0'],
    ['fe80::/10', 'fe80::/10'],
    ['1::', '1::'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::FFFF:0a01:0203', '10.1.2.3'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['0:0:0:0:0:ffff:10.1.2.3', '10.1.2.3'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('[IAM-12] %s is written %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    ['10.0.0.5/24', 'bits behind the prefix'],
    ['2001:db8::1/64', 'bits behind the prefix'],
    ['::ffff:10.1.2.3/104', 'bits behind the prefix, mapped'],
    ['010.0.0.1', 'a leading zero, which some read as octal'],
    ['10.1', 'missing parts'],
    ['256.0.0.1', 'too large'],
    ['10.0.0.0/33', 'too long a prefix'],
    ['10.0.0.0/08', 'a prefix with a leading zero'],
    ['10.0.0.0/', 'no prefix'],
    ['10.0.0.0/8/8', 'two prefixes'],
    ['::1::', 'two gaps'],
    ['1:2:3:4:5:6:7:8:9', 'too many groups'],
    ['1:2:3:4:5:6:7::8', 'a gap for nothing'],
    [':::', 'colons'],
    ['fe80::1%eth0', 'a zone'],
    ['12345::', 'too long a group'],
    ['::10.0.0.1.1', 'five parts'],
    ['localhost', 'a name'],
    ['', 'nothing'],
    ['10.0.0.0 /8', 'a space'],
    ['１０.0.0.1', 'other digits'],
  ])('[IAM-12] %s is refused: %s', (text) => {
    expect(networkParse(text)).toBeNull();
  });
});

const version = fc.constantFrom<4 | 6>(4, 6);
const bitsOf = (of: 4 | 6) => fc.bigInt({ min: 0n, max: (1n << (of === 4 ? 32n : 128n)) - 1n });
const network = version.chain((of) =>
  fc.tuple(bitsOf(of), fc.integer({ min: 0, max: of === 4 ? 32 : 128 })).map(([bits, prefix]) => {
    const rest = BigInt((of === 4 ? 32 : 128) - prefix);
    return { version: of, bits: (bits >> rest) << rest, prefix };
  }),
);

describe('for any address and network', () => {
  it('[IAM-12] the canonical text is read back as the same, and Node’s own parser takes it', () => {
    fc.assert(
      fc.property(network, (given) => {
        const text = networkText(given);
        const read = networkParse(text);
        // a mapped one is the IPv4 network that it maps
        expect(read && networkText(read)).toBe(canonical(text));
        if (read?.version === given.version) expect(read).toEqual(given);
        expect(isIP(text.split('/')[0] ?? '')).toBe(given.version);
      }),
      { numRuns: 2_000 },
    );
  });

  it('[IAM-12] whether an address lies in a network is what Node’s block list says', () => {
    const near = fc.tuple(network, fc.bigInt({ min: 0n, max: 1n << 129n }), fc.boolean());
    fc.assert(
      fc.property(near, ([given, seed, inside]) => {
        const width = given.version === 4 ? 32 : 128;
        const rest = BigInt(width - given.prefix);
        const all = (1n << BigInt(width)) - 1n;
        const bits = inside ? given.bits | (seed & ((1n << rest) - 1n)) : seed & all;
        const address = networkText({ version: given.version, bits, prefix: width });
        const list = new BlockList();
        const [base = ''] = networkText(given).split('/');
        const family = given.version === 4 ? 'ipv4' : 'ipv6';
        list.addSubnet(base, given.prefix, family);
        const expected = list.check(address, family);
        // Node takes a mapped address for IPv6 within an IPv6 network; for us it is IPv4
        if (addressCanonical(address).includes(':') || given.version === 4)
          expect(sourceMatches([networkText(given)], address)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('[IAM-12] an IPv4 address and the same mapped into IPv6 are one', () => {
    fc.assert(
      fc.property(bitsOf(4), fc.integer({ min: 0, max: 32 }), (bits, prefix) => {
        const address = networkText({ version: 4, bits, prefix: 32 });
        const rest = BigInt(32 - prefix);
        const around = networkText({ version: 4, bits: (bits >> rest) << rest, prefix });
        expect(addressCanonical(`::ffff:${address}`)).toBe(address);
        expect(sourceMatches([around], `::ffff:${address}`)).toBe(true);
        expect(sourceMatches([around], address)).toBe(true);
      }),
    );
  });

  it('[IAM-12] no text whatever makes the parser throw, and what it takes has one form', () => {
    const pieces = fc.array(fc.constantFrom('0', '1', 'f', 'ffff', ':', '::', '.', '/', '%', '255', '10'), {
      maxLength: 24,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((some) => some.join('')),
        ),
        (text) => {
          const once = canonical(text);
          if (once !== null) expect(canonical(once)).toBe(once);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

it('[IAM-12] no sources means everywhere; an address that cannot be read lies in none', () => {
  expect(sourceMatches([], 'unknown')).toBe(true);
  expect(sourceMatches(['0.0.0.0/0', '::/0'], 'unknown')).toBe(false);
  expect(sourceMatches(['fe80::/10'], 'fe80::1%eth0')).toBe(true);
});
