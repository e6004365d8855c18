import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout, node } from '../lib/paths.ts';

/** The lab's own commands: `npm run lab -- fault plug host2`, `npm run lab -- heal`, … */
export function run(args: readonly string[]): Promise<number> {
  const { status } = spawnSync(node, [join(checkout, 'packages/lab/src/cli.ts'), ...args], { stdio: 'inherit' });
  return Promise.resolve(status ?? 1);
}
