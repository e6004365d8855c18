/** A workbook is made no faster than it is taken, and what it is made from is closed when nobody takes it any more. */
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { workbookStream, type Cell } from '../src/log/workbook.ts';

const COLUMNS = Array.from({ length: 8 }, (_, i) => ({ title: `c${i}`, width: 10 }));

/** Batches without end, of texts that hardly shrink. */
function endless() {
  const seen = { batches: 0, isClosed: false };
  const rows = async function* (): AsyncGenerator<Cell[][]> {
    try {
      for (;;) {
        seen.batches += 1;
        yield Array.from({ length: 100 }, () => COLUMNS.map(() => Math.random().toString(36)));
      }
    } finally {
      seen.isClosed = true;
    }
  };
  const bytes = workbookStream({ sheetName: 'S', columns: COLUMNS, timeZone: 'UTC', rows: rows() });
  return { seen, source: Readable.from(bytes, { objectMode: false }) };
}

/** Takes one chunk whenever it is told to. */
function taker() {
  const waiting: (() => void)[] = [];
  const sink = new Writable({ highWaterMark: 16_384, write: (_chunk, _encoding, done) => void waiting.push(done) });
  return { sink, take: (): void => waiting.shift()?.() };
}

describe('the pace of an export', () => {
  it('[AUD-02] is that of its reader: one who takes nothing makes nothing be read', async () => {
    const { seen, source } = endless();
    const { sink, take } = taker();
    const stop = new AbortController();
    const done = pipeline(source, sink, { signal: stop.signal });
    done.catch(() => undefined);
    const settled = async (): Promise<number> => {
      let before = -1;
      await expect
        .poll(
          () => {
            const same = seen.batches === before && seen.batches > 0;
            before = seen.batches;
            return same;
          },
          { timeout: 10_000, interval: 200 },
        )
        .toBe(true);
      return seen.batches;
    };
    const first = await settled();
    // a batch is some 15 kB when packed: what fits into the buffers on the way, and no more
    expect(first).toBeLessThan(25);
    for (let i = 0; i < 4; i += 1) take();
    expect(await settled()).toBeLessThan(first + 25);
    stop.abort();
    await expect(done).rejects.toThrow();
    await expect.poll(() => seen.isClosed, { timeout: 10_000 }).toBe(true);
  });
});
