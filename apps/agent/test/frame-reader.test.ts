import { expect, test } from 'vitest';
import { controlFrame, frameHead, FrameError, FrameReader } from '../src/door/frame-reader.ts';

interface Framing {
  readonly opcode?: number;
  readonly last?: boolean;
}

/** A client's frame. */
function framed(content: Buffer, { opcode = 2, last = true }: Framing = {}): Buffer {
  const head = Buffer.alloc(10);
  const size = frameHead(head, 10, content.length, opcode);
  const front = Buffer.from(head.subarray(10 - size));
  front[0] = (last ? 0x80 : 0) | opcode;
  front[1] = 0x80 | (front[1] ?? 0);
  const mask = Buffer.from([7, 200, 13, 99]);
  const masked = content.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([front, mask, masked]);
}

function readAll(bytes: Buffer, step: number): { data: Buffer; controls: [number, string][] } {
  const data: Buffer[] = [];
  const controls: [number, string][] = [];
  const reader = new FrameReader({
    data: (content) => data.push(Buffer.from(content)),
    control: (opcode, content) => controls.push([opcode, content.toString()]),
  });
  for (let at = 0; at < bytes.length; at += step) reader.read(Buffer.from(bytes.subarray(at, at + step)));
  return { data: Buffer.concat(data), controls };
}

test('[VM-15] contents are the same however frames are sized, split and interleaved', () => {
  const parts = [0, 1, 125, 126, 127, 65_535, 65_536, 70_001].map((size, n) =>
    Buffer.from(Array.from({ length: size }, (_, i) => (i * 31 + n) & 0xff)),
  );
  const stream = Buffer.concat([
    ...parts.slice(0, 4).map((part) => framed(part)),
    framed(Buffer.from('hello'), { opcode: 9 }),
    framed(parts[4] ?? Buffer.alloc(0), { opcode: 2, last: false }),
    framed(Buffer.alloc(0), { opcode: 9 }),
    framed(parts[5] ?? Buffer.alloc(0), { opcode: 0, last: false }),
    framed(parts[6] ?? Buffer.alloc(0), { opcode: 0 }),
    framed(parts[7] ?? Buffer.alloc(0), { opcode: 1 }),
    framed(Buffer.from([3, 232]), { opcode: 8 }),
  ]);
  const whole = Buffer.concat(parts);
  for (const step of [1, 2, 3, 7, 4096, stream.length]) {
    const { data, controls } = readAll(stream, step);
    expect(data.equals(whole)).toBe(true);
    expect(controls.map(([opcode]) => opcode)).toEqual([9, 9, 8]);
    expect(controls[0]?.[1]).toBe('hello');
  }
});

test('[VM-15] what no client may send ends the connection', () => {
  const refused = (bytes: number[]): void => expect(() => readAll(Buffer.from(bytes), 64)).toThrow(FrameError);
  refused([0x82, 0x01, 0x41, 0, 0, 0, 0]); // without a mask
  refused([0xc2, 0x81, 0, 0, 0, 0, 0x41]); // compressed, which was not agreed
  refused([0x83, 0x81, 0, 0, 0, 0, 0x41]); // an opcode that does not exist
  refused([0x09, 0x81, 0, 0, 0, 0, 0x41]); // a ping in pieces
  refused([0x89, 0xfe, 0, 200, 0, 0, 0, 0]); // a ping that is too long
  refused([0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]);
});

test('[VM-15] heads of every size end where the content begins', () => {
  const room = Buffer.alloc(10);
  expect(frameHead(room, 10, 125)).toBe(2);
  expect([...room.subarray(8)]).toEqual([0x82, 125]);
  expect(frameHead(room, 10, 126)).toBe(4);
  expect([...room.subarray(6)]).toEqual([0x82, 126, 0, 126]);
  expect(frameHead(room, 10, 65_536)).toBe(10);
  expect([...room]).toEqual([0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
  expect([...controlFrame(10, Buffer.from('hi'))]).toEqual([0x8a, 2, 0x68, 0x69]);
});
