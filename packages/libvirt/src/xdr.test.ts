import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DomainStatsRecord, domainGetInfoRet, domainStatsRecord, nodeGetInfoRet } from './gen/remote.ts';
import { virNetMessageError } from './gen/net.ts';
import { XdrReader, XdrWriter, decode, encode } from './xdr.ts';
import * as x from './xdr-codecs.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** Bytes written out by hand from RFC 4506. */
interface Golden {
  name: string;
  encoded: () => Buffer;
  decoded: () => unknown;
  value: unknown;
  bytes: string;
}

const golden = <T>(name: string, codec: x.Codec<T>, value: T, bytes: string): Golden => ({
  name,
  encoded: () => encode(codec, value),
  decoded: () => decode(codec, hex(bytes)),
  value,
  bytes,
});

/** Bytes written out by hand from RFC 4506. */
const GOLDEN: Golden[] = [
  golden('int', x.int, -2, 'fffffffe'),
  golden('unsigned int', x.uint, 0xfffffffe, 'fffffffe'),
  golden('hyper', x.hyper, -2n, 'fffffffffffffffe'),
  golden('unsigned hyper', x.uhyper, 2n ** 64n - 2n, 'fffffffffffffffe'),
  golden('double', x.double, 1.5, '3ff8000000000000'),
  golden('bool', x.bool, true, '00000001'),
  golden('string with padding', x.string(10), 'abcde', '00000005 6162636465 000000'),
  golden('string in UTF-8', x.string(10), 'é武', '00000005 c3a9e6ada6 000000'),
  golden('empty string', x.string(10), '', '00000000'),
  golden('variable opaque', x.opaque(4), Buffer.from([1, 2]), '00000002 01020000'),
  golden('fixed opaque', x.opaqueFixed(3), Buffer.from([1, 2, 3]), '01020300'),
  golden('array', x.array(x.int, 3), [1, 2], '00000002 00000001 00000002'),
  golden('fixed array of char', x.arrayFixed(x.int, 2), [65, 66], '00000041 00000042'),
  golden('absent', x.optional(x.int), null, '00000000'),
  golden('present', x.optional(x.int), 7, '00000001 00000007'),
];

describe('XDR', () => {
  test.each(GOLDEN)('[API-01] $name has the bytes of the standard', ({ encoded, decoded, value, bytes }) => {
    expect(encoded().toString('hex')).toBe(hex(bytes).toString('hex'));
    expect(decoded()).toEqual(value);
  });

  test('[API-01] reads a reply as libvirt sends it', () => {
    // domainGetInfo of libvirt's test driver: running, 8 GiB of at most 8 GiB, 2 processors.
    const bytes = hex('00000001 0000000000800000 0000000000200000 00000002 000633a1b2c3d4e5');
    expect(decode(domainGetInfoRet, bytes)).toEqual({
      state: 1,
      maxMem: 8_388_608n,
      memory: 2_097_152n,
      nrVirtCpu: 2,
      cpuTime: 0x633a1b2c3d4e5n,
    });
  });

  test('[API-01] reads past the obsolete optional structs of an error', () => {
    const error = {
      code: 42,
      domain: 10,
      message: 'Domain not found',
      level: 2,
      dom: { name: 'x', uuid: Buffer.alloc(16, 1), id: -1 },
      str1: 'Domain not found',
      str2: null,
      str3: null,
      int1: -1,
      int2: -1,
      net: { name: 'n', uuid: Buffer.alloc(16, 2) },
    };
    expect(decode(virNetMessageError, encode(virNetMessageError, error))).toEqual(error);
  });

  test('[API-01] spends four bytes on each char of a fixed array', () => {
    const info = {
      model: [120, ...Array<number>(31).fill(0)],
      memory: 1n,
      cpus: 1,
      mhz: 1,
      nodes: 1,
      sockets: 1,
      cores: 1,
      threads: 1,
    };
    expect(encode(nodeGetInfoRet, info)).toHaveLength(32 * 4 + 8 + 6 * 4);
  });

  test('[API-03] refuses what does not fit, in both directions', () => {
    expect(() => encode(x.string(3), 'abcd')).toThrow('limit of 3');
    expect(() => encode(x.string(3), 'a\0')).toThrow('NUL');
    expect(() => encode(x.int, 2 ** 31)).toThrow('not an int');
    expect(() => encode(x.uint, -1)).toThrow('not an unsigned int');
    expect(() => encode(x.uhyper, 2n ** 64n)).toThrow('not an unsigned hyper');
    expect(() => encode(x.opaqueFixed(2), Buffer.alloc(3))).toThrow('3 bytes where 2');
    expect(() => decode(x.string(3), hex('00000004 61626364'))).toThrow('limit of 3');
    expect(() => decode(x.array(x.int, 1), hex('ffffffff'))).toThrow('limit of 1');
    expect(() => decode(x.int, hex('0000'))).toThrow('2 bytes early');
    expect(() => decode(x.int, hex('0000000100'))).toThrow('1 bytes left over');
    expect(() => decode(x.bool, hex('00000002'))).toThrow('not a bool');
  });

  test('[API-03] names the field that does not fit', () => {
    expect(() => encode(domainGetInfoRet, { state: 1, maxMem: -1n, memory: 0n, nrVirtCpu: 0, cpuTime: 0n })).toThrow(
      'maxMem:',
    );
  });

  test('[API-01] gives decoded bytes as copies', () => {
    const received = hex('00000002 01020000');
    const value = decode(x.opaque(4), received);
    received.fill(0xff);
    expect(value).toEqual(Buffer.from([1, 2]));
  });

  test('[API-01] any domain record comes back as it went', () => {
    const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const text = fc.string({ unit: 'grapheme', maxLength: 50 }).filter((s) => !s.includes('\0') && s.isWellFormed());
    const value = fc.oneof(
      fc.record({ type: fc.constant(1 as const), value: int32 }),
      fc.record({ type: fc.constant(2 as const), value: fc.nat() }),
      fc.record({ type: fc.constant(3 as const), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
      fc.record({ type: fc.constant(4 as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
      fc.record({ type: fc.constant(5 as const), value: fc.double({ noNaN: true }) }),
      fc.record({ type: fc.constant(7 as const), value: text }),
    );
    const record: fc.Arbitrary<DomainStatsRecord> = fc.record({
      dom: fc.record({
        name: text,
        uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((u) => Buffer.from(u)),
        id: int32,
      }),
      params: fc.array(fc.record({ field: text, value }), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(record, (one) => {
        const bytes = encode(domainStatsRecord, one);
        expect(bytes.length % 4).toBe(0);
        expect(decode(domainStatsRecord, bytes)).toEqual(one);
      }),
    );
  });

  test('[API-03] garbage is either a value or an error, never a hang or a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          const value = decode(domainStatsRecord, Buffer.from(bytes));
          expect(encode(domainStatsRecord, value)).toHaveLength(bytes.length);
        } catch (error) {
          expect(error).toMatchObject({ name: 'XdrError' });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('[API-01] a writer grows without losing what it holds', () => {
    const writer = new XdrWriter(4);
    for (let i = 0; i < 100; i++) writer.u32(i);
    const reader = new XdrReader(writer.finish());
    for (let i = 0; i < 100; i++) expect(reader.u32()).toBe(i);
    reader.end();
  });
});
