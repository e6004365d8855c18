import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const EVERY_MS = 60_000;
const WORTH_BYTES = 220 * 1024 ** 2;
/** CPU time in a minute below which this counts as rest: reconcilers and heartbeats never stop. */
const REST_MICROSECONDS = 6_000_000;

function settle(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/**
 * Gives back what starting and busy times needed: loading some hundred modules makes V8 grow its young generation by over
 * 100 MB and keep it. Once now, and again after a minute of rest.
 */
export function memorySettleWhenIdle(): void {
  settle();
  let before = process.cpuUsage();
  setInterval(() => {
    const spent = process.cpuUsage(before);
    if (spent.user + spent.system < REST_MICROSECONDS && process.memoryUsage.rss() > WORTH_BYTES) settle();
    before = process.cpuUsage();
  }, EVERY_MS).unref();
}
