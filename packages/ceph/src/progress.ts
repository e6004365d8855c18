/** Progress out of what the tools paint on terminals: `(12.34/100%)` of qemu-img, `12% complete` of rbd. */
import type { ImportProgress } from './types.ts';

export class ProgressReader {
  readonly #total: number | null;
  readonly #listener: ((progress: ImportProgress) => void) | undefined;
  #rest = '';
  #last = -1;

  /** @param total bytes in all; null reports hundredths of a percent of 10 000 instead. */
  constructor(total: number | null, listener: ((progress: ImportProgress) => void) | undefined) {
    this.#total = total;
    this.#listener = listener;
  }

  push(text: string): void {
    const all = this.#rest + text;
    let end = 0;
    for (const found of all.matchAll(/\(\s*([\d.]+)\/100%\)|(\d+)% complete/g)) {
      end = found.index + found[0].length;
      const percent = Number(found[1] ?? found[2]);
      if (percent <= this.#last || percent > 100) continue;
      this.#last = percent;
      const total = this.#total ?? 10_000;
      this.#listener?.({ done: Math.round((total * percent) / 100), total });
    }
    this.#rest = all.slice(end).slice(-64);
  }
}
