import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameSplitter, frameEncode } from './frame.ts';

const header = { program: 0x20008086, version: 1, procedure: 16, type: 0, serial: 3, status: 0 };

describe('frames', () => {
  test('[API-01] have the bytes libvirt expects: the length counts itself', () => {
    expect(frameEncode(header, Buffer.from([0xaa, 0xbb, 0xcc, 0xdd])).toString('hex')).toBe(
      '00000020' + '20008086' + '00000001' + '00000010' + '00000000' + '00000003' + '00000000' + 'aabbccdd',
    );
  });

  test('[API-01] come whole however the bytes are cut', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (all, cuts) => {
        const bytes = Buffer.concat(all.map((payload, serial) => frameEncode({ ...header, serial }, payload)));
        const splitter = new FrameSplitter();
        const got = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          got.push(...splitter.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(got.map(({ serial, payload }) => [serial, [...payload]])).toEqual(
          all.map((payload, serial) => [serial, [...payload]]),
        );
      }),
    );
  });

  test('[API-03] with an impossible length are refused at once', () => {
    const of = (length: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(length);
      return bytes;
    };
    expect(() => new FrameSplitter().push(of(27))).toThrow('not a frame length: 27');
    expect(() => new FrameSplitter().push(of(32 * 1024 * 1024 + 5))).toThrow('not a frame length');
    expect(new FrameSplitter().push(of(32 * 1024 * 1024 + 4))).toEqual([]);
    expect(() => frameEncode(header, Buffer.alloc(32 * 1024 * 1024))).toThrow('over the limit');
  });
});
