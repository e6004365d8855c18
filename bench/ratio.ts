/** One line a ratio: name, ratio, goal, whether it holds, the peer of the same run. No benchmark is a test: goals are printed, not asserted. */
export interface Ratio {
  readonly name: string;
  readonly ratio: number;
  readonly goal: { readonly atMost: number } | { readonly atLeast: number };
  readonly peer: string;
  /** What was measured, in its own units. */
  readonly detail?: string;
}

export function ratioPrint({ name, ratio, goal, peer, detail }: Ratio): void {
  const met = 'atMost' in goal ? ratio <= goal.atMost : ratio >= goal.atLeast;
  const wanted = 'atMost' in goal ? `goal<=${goal.atMost}` : `goal>=${goal.atLeast}`;
  const text = ratio < 0.1 ? ratio.toFixed(4) : ratio.toFixed(2);
  console.log(`${name} ${text} ${wanted} ${met ? 'met' : 'MISSED'} peer=${peer}${detail ? ` (${detail})` : ''}`);
}

/** The p-th quantile (0–1) of a sample, by nearest rank. */
export function quantile(sample: readonly number[], p: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

/** Milliseconds of each of `times` calls, one after another. */
export async function timings(times: number, call: (index: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const began = performance.now();
    await call(index);
    taken.push(performance.now() - began);
  }
  return taken;
}
