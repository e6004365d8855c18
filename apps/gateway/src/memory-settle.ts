import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives back what starting needed. Loading some hundred modules makes V8 grow its young generation by over 100 MB, which it
 * keeps although a door at rest needs a fraction; one thorough collection returns it.
 */
export function memorySettle(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

const EVERY_MS = 60_000;
const WORTH_BYTES = 180 * 1024 ** 2;

/** The same after each busy time: once a minute went by with less than half a second of work. */
export function memorySettleWhenIdle(): void {
  let before = process.cpuUsage();
  setInterval(() => {
    const spent = process.cpuUsage(before);
    if (spent.user + spent.system < 500_000 && process.memoryUsage.rss() > WORTH_BYTES) memorySettle();
    before = process.cpuUsage();
  }, EVERY_MS).unref();
}
