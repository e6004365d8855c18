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
