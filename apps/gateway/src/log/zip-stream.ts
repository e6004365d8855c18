/**
 * A ZIP archive that is written while its content is made: nothing is held but the part at hand. Sizes and checksums follow
 * each file (data descriptors), so nothing needs to be known before. Files stay below 4 GiB; whoever writes them sees to it.
 */
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly content: AsyncIterable<string> | Iterable<string>;
}

const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Deflate; names in UTF-8, sizes after the content. */
const METHOD = 8;
const FLAGS = 0x0808;
const VERSION = 20;
/** 1980-01-01 00:00, the earliest that the format can tell: the same content makes the same archive. */
const DATE = 0x0021;

interface Written {
  readonly name: Buffer;
  readonly at: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(LOCAL, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(METHOD, 8);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function descriptor({ crc, packed, size }: Written): Buffer {
  const tail = Buffer.alloc(16);
  for (const [i, value] of [DESCRIPTOR, crc, packed, size].entries()) tail.writeUInt32LE(value, i * 4);
  return tail;
}

function centralHeader({ name, at, crc, packed, size }: Written): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(CENTRAL, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(VERSION, 6);
  header.writeUInt16LE(FLAGS, 8);
  header.writeUInt16LE(METHOD, 10);
  header.writeUInt16LE(DATE, 14);
  for (const [i, value] of [crc, packed, size].entries()) header.writeUInt32LE(value, 16 + i * 4);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE(at, 42);
  return Buffer.concat([header, name]);
}

/** The archive's bytes, in the order in which they belong. */
export async function* zipStream(files: AsyncIterable<ZipFile> | Iterable<ZipFile>): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let at = 0;
  for await (const file of files) {
    const name = Buffer.from(file.name);
    const begin = at;
    const header = localHeader(name);
    at += header.length;
    yield header;
    let crc = 0;
    let size = 0;
    let packed = 0;
    const bytes = async function* (): AsyncGenerator<Buffer> {
      for await (const text of file.content) {
        const part = Buffer.from(text);
        crc = crc32(part, crc);
        size += part.length;
        yield part;
      }
    };
    // the fastest level: what is written is text that shrinks to a tenth anyhow, and the door has other things to do
    const deflate = createDeflateRaw({ level: 1 });
    const source = Readable.from(bytes(), { highWaterMark: 2 });
    source.once('error', (error: Error) => deflate.destroy(error));
    try {
      for await (const part of source.pipe(deflate)) {
        const out = part as Buffer;
        packed += out.length;
        at += out.length;
        yield out;
      }
    } finally {
      // whoever stops reading must stop what is read for him; a pipe does not tell its source
      source.destroy();
    }
    const entry = { name, at: begin, crc, packed, size };
    written.push(entry);
    const tail = descriptor(entry);
    at += tail.length;
    yield tail;
  }
  const directory = Buffer.concat(written.map(centralHeader));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(written.length, 8);
  end.writeUInt16LE(written.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  yield directory;
  yield end;
}
