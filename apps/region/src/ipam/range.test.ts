import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressBar,
  addressToNumber,
  addressTotal,
  blockedIntervals,
  cidrCanonical,
  cidrInterval,
  cidrsOverlap,
  dhcpServerChoose,
  firstFree,
  numberToAddress,
  type SubnetShape,
} from './range.ts';

const subnetArbitrary: fc.Arbitrary<SubnetShape> = fc
  .record({
    base: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    prefix: fc.integer({ min: 22, max: 32 }),
    gateway: fc.option(fc.double({ min: 0, max: 0.999, noNaN: true })),
    excluded: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 40 })), {
      maxLength: 4,
    }),
  })
  .map(({ base, prefix, gateway, excluded }) => {
    const cidr = cidrCanonical(`${numberToAddress(base)}/${prefix}`);
    const { from, to } = cidrInterval(cidr);
    const at = (share: number) => from + Math.floor(share * (to - from + 1));
    const shape = {
      cidr,
      gateway: gateway === null ? null : numberToAddress(at(gateway)),
      excluded: excluded.map(([share, length]) => ({
        from: numberToAddress(at(share)),
        to: numberToAddress(Math.min(at(share) + length, 2 ** 32 - 1)),
      })),
    };
    return { ...shape, dhcpServer: dhcpServerChoose(shape) ?? '' };
  });

describe('addresses of a subnet', () => {
  test('[NET-02] text and number are the same address', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (n) => addressToNumber(numberToAddress(n)) === n));
    expect(cidrCanonical('10.1.2.3/24')).toBe('10.1.2.0/24');
    expect(cidrInterval('255.255.255.255/32')).toEqual({ from: 2 ** 32 - 1, to: 2 ** 32 - 1 });
    expect(cidrsOverlap('10.0.0.0/24', '10.0.0.128/25')).toBe(true);
    expect(cidrsOverlap('10.0.0.0/24', '10.0.1.0/24')).toBe(false);
  });

  test('[NET-02] the total is what the bars leave, one by one', () => {
    fc.assert(
      fc.property(subnetArbitrary, (subnet) => {
        const { from, to } = cidrInterval(subnet.cidr);
        let free = 0;
        for (let n = from; n <= to; n += 1) if (!addressBar(subnet, numberToAddress(n))) free += 1;
        return free === addressTotal(subnet);
      }),
      { numRuns: 50 },
    );
  });

  test('[NET-02] the next free one is the lowest that is neither barred nor used', () => {
    fc.assert(
      fc.property(
        subnetArbitrary,
        fc.array(fc.nat(1100), { maxLength: 300 }),
        fc.nat(1023),
        (subnet, offsets, start) => {
          const block = cidrInterval(subnet.cidr);
          const used = [...new Set(offsets.map((o) => block.from + o))].toSorted((a, b) => a - b);
          const range = { from: Math.min(block.from + start, block.to), to: block.to };
          const found = firstFree(range, blockedIntervals(subnet), used);
          let expected: number | null = null;
          for (let n = range.from; n <= range.to && expected === null; n += 1)
            if (!used.includes(n) && !addressBar(subnet, numberToAddress(n))) expected = n;
          expect(found).toBe(expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('[NET-03] DHCP answers from the gateway, else from the end of the range', () => {
    const subnet = { cidr: '10.9.0.0/24', gateway: null, excluded: [{ from: '10.9.0.250', to: '10.9.0.254' }] };
    expect(dhcpServerChoose(subnet)).toBe('10.9.0.249');
    expect(dhcpServerChoose({ ...subnet, gateway: '10.9.0.1' })).toBe('10.9.0.1');
    expect(addressBar({ ...subnet, dhcpServer: '10.9.0.249' }, '10.9.0.249')).toBe('dhcpServer');
  });
});
