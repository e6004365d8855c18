import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { expect, type Locator, type Page } from '@playwright/test';
import { paths } from '../../apps/console/src/paths.ts';
import { region } from '../platform.ts';
import { zh } from '../words.ts';

export interface Picture {
  readonly hash: string;
  /** How many different colours are on it, counted to sixteen. */
  readonly colours: number;
}

/** The compressed pixel rows of a PNG, unpacked; enough to tell pictures apart and one colour from several. */
function pixelRows(png: Buffer): { rows: Buffer; width: number; channels: number } {
  const parts: Buffer[] = [];
  let width = 0;
  let channels = 3;
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IHDR') {
      width = png.readUInt32BE(at + 8);
      channels = png[at + 17] === 6 ? 4 : 3;
    }
    if (type === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return { rows: inflateSync(Buffer.concat(parts)), width, channels };
}

function pictureOf(png: Buffer): Picture {
  const { rows, width, channels } = pixelRows(png);
  const stride = width * channels + 1;
  // Equal rows of one colour come out of PNG's filters as zeros after the first row; anything else is drawn.
  const values = new Set<string>();
  for (let at = 0; at < rows.length && values.size < 16; at += stride)
    for (let x = at + 1 + channels; x < at + stride && values.size < 16; x += channels)
      values.add(rows.toString('hex', x, x + Math.min(3, channels)));
  return { hash: createHash('sha256').update(rows).digest('hex'), colours: values.size };
}

/** The page on which the guest's screen is. */
export class VmConsolePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  open(id: string): Promise<unknown> {
    return this.page.goto(paths.vm(region, id, 'console'));
  }

  get canvas(): Locator {
    return this.page.locator('canvas');
  }

  connected(): Promise<void> {
    return expect(this.page.getByRole('status').getByText(zh('vm.console.states.connected'))).toBeVisible();
  }

  async picture(): Promise<Picture> {
    return pictureOf(await this.canvas.screenshot());
  }

  /** The screen once something is on it and it has stopped changing: the guest waits for somebody. */
  async settles(timeout = 60_000): Promise<Picture> {
    let last = await this.picture();
    await expect
      .poll(
        async () => {
          const now = await this.picture();
          const same = now.hash === last.hash && now.colours > 1;
          last = now;
          return same;
        },
        { timeout, intervals: [1500], message: 'the screen shows something and comes to rest' },
      )
      .toBe(true);
    return last;
  }

  /** Presses a combination of the menu, by the caps that stand on it. */
  async combination(caps: RegExp): Promise<void> {
    await this.page.getByRole('button', { name: zh('vm.console.keys'), exact: true }).click();
    await this.page.getByRole('menuitem', { name: caps }).click();
  }
}
