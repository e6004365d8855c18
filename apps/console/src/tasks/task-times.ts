/** Times of tasks and steps, in ms. Pure, so that rows of one page agree on "now". */
interface Timed {
  startedAt: string | null;
  finishedAt: string | null;
}

/** How long it took, or has been going on; undefined before it began. */
export function tookOf({ startedAt, finishedAt }: Timed, now: number): number | undefined {
  if (startedAt === null) return undefined;
  return Math.max(0, (finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt));
}

/** The shares of a bar of steps: measured ones by their time, those to come by the mean of what was measured. */
export function stepWeights(steps: readonly Timed[], now: number): number[] {
  const times = steps.map((step) => tookOf(step, now));
  const measured = times.filter((time) => time !== undefined);
  const mean = measured.length === 0 ? 1 : measured.reduce((sum, time) => sum + time, 0) / measured.length;
  const total = times.reduce<number>((sum, time) => sum + (time ?? mean), 0);
  return times.map((time) => (total === 0 ? 1 / Math.max(1, steps.length) : (time ?? mean) / total));
}

/** What is left when it goes on as it did: undefined while that cannot be told. */
export function leftOf(task: Timed & { progress: number }, now: number): number | undefined {
  const took = tookOf(task, now);
  if (took === undefined || task.finishedAt !== null || task.progress < 0.05 || task.progress >= 1 || took < 3000)
    return undefined;
  return (took / task.progress) * (1 - task.progress);
}
