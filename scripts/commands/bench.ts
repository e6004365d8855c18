import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, node } from '../lib/paths.ts';

/** Runs every benchmark, or those named, each in a process of its own: `npm run bench -- libvirt ovsdb`. */
export function run(args: readonly string[]): Promise<number> {
  const folder = join(checkout, 'bench');
  const known = readdirSync(folder).flatMap((file) =>
    file.endsWith('.bench.ts') ? [file.slice(0, -'.bench.ts'.length)] : [],
  );
  const unknown = args.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}. Known: ${known.join(', ')}.`);
  let failed = 0;
  for (const name of args.length > 0 ? args : known.toSorted()) {
    const { status } = spawnSync(node, ['--disable-warning=ExperimentalWarning', join(folder, `${name}.bench.ts`)], {
      cwd: checkout,
      stdio: 'inherit',
    });
    if (status !== 0) {
      failed += 1;
      console.error(`${name}: could not be measured (${status})`);
    }
  }
  return Promise.resolve(failed === 0 ? 0 : 1);
}
