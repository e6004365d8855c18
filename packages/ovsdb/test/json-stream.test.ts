import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OvsdbError } from '../src/index.ts';
import { JsonStream } from '../src/json-stream.ts';

describe('JSON framing', () => {
  it('[NET-01] gives back any messages however the bytes are cut, also inside characters', () => {
    const message = fc.oneof(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
      fc.array(fc.string({ unit: 'grapheme' })),
    );
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (messages, cuts) => {
        const bytes = Buffer.from(messages.map((value) => JSON.stringify(value)).join(''));
        const stream = new JsonStream(1 << 20);
        const got: unknown[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = cuts[turn % cuts.length] ?? 1;
          got.push(...stream.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(JSON.stringify(got)).toBe(JSON.stringify(JSON.parse(JSON.stringify(messages))));
      }),
    );
  });

  it('[NET-01] refuses what is not JSON-RPC and what is too large, with a typed error', () => {
    expect(() => new JsonStream(100).push(Buffer.from('HTTP/1.1 200 OK'))).toThrow(OvsdbError);
    expect(() => new JsonStream(100).push(Buffer.from('{"a":}'))).toThrow(/malformed/);
    const stream = new JsonStream(100);
    stream.push(Buffer.from(`{"a":"${'x'.repeat(60)}`));
    expect(() => stream.push(Buffer.from('y'.repeat(60)))).toThrow(/exceeds 100 bytes/);
  });
});
