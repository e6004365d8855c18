import { instanceRead, labDown } from '@basalt/lab';
import { home } from '../lib/paths.ts';
import { step } from '../lib/progress.ts';

/** Stops everything; what is stored under .run stays. Harmless when nothing runs. */
export async function run(): Promise<number> {
  const instance = instanceRead(home);
  if (!instance) {
    console.log('  Nothing runs here.');
    return 0;
  }
  await step('stopping', (say) => labDown(instance, (progress) => say(progress.step)));
  return 0;
}
