import { existsSync, readdirSync, rmSync } from 'node:fs';
import { instanceRead, labDown, labReset } from '@basalt/lab';
import { databasesKept, databasesLeft } from '../lib/databases.ts';
import { home, inRun } from '../lib/paths.ts';
import { step } from '../lib/progress.ts';

/**
 * Stops everything and forgets all state: VMs, disks, accounts. What was built or downloaded is kept. Databases of the
 * operator's own are not touched, and that is said.
 */
export async function run(): Promise<number> {
  const left = databasesLeft(databasesKept());
  const instance = instanceRead(home);
  if (instance) {
    await step('stopping', (say) => labDown(instance, (progress) => say(progress.step)));
    await step('forgetting the lab', () => labReset(instance));
  }
  if (existsSync(inRun())) {
    for (const name of readdirSync(inRun()))
      if (name !== 'tools' && name !== 'cache') rmSync(inRun(name), { recursive: true, force: true });
  }
  for (const line of left) console.log(`  ${line}`);
  return 0;
}
