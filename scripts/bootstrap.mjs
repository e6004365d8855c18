/**
 * The first step of every command, in plain JavaScript for the Node 20 and npm that a fresh machine has: fetches the pinned
 * pnpm, installs the dependencies (Node 24 among them) and hands over to scripts/main.ts.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = 'start', ...rest] = process.argv.slice(2);
const quiet = command === 'status' || command === 'stop';

const fail = (text) => {
  console.error(`\n  ✗ ${text}\n`);
  process.exit(1);
};

if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node.js 20 or newer is needed; this is ${process.version}.`);
if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
  fail(`Basalt runs on Linux on x86-64 or ARM64; this is ${process.platform} on ${process.arch}.`);
}

const run = (file, args, options = {}) => {
  const result = spawnSync(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', ...options });
  if (result.error) fail(`${file} could not be started: ${result.error.message}`);
  if (result.status !== 0) fail(`${file} ${args.join(' ')} failed:\n${result.stdout ?? ''}${result.stderr ?? ''}`);
};

const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devEngines.packageManager.version;
const tools = join(root, '.run', 'tools');
// A shell script or a native program, depending on whether its install script was allowed to run; either starts as it is.
const pnpm = join(tools, 'node_modules', '.bin', 'pnpm');
const pnpmThere = () => {
  const manifest = join(tools, 'node_modules', 'pnpm', 'package.json');
  return existsSync(manifest) && existsSync(pnpm) && JSON.parse(readFileSync(manifest, 'utf8')).version === wanted;
};

/** What decides whether an installation is still the right one. */
const stamp = () => {
  const hash = createHash('sha256');
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  for (const folder of ['apps', 'packages']) {
    for (const name of readdirSync(join(root, folder)).sort()) manifests.push(join(folder, name, 'package.json'));
  }
  for (const file of manifests)
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
};

const stampFile = join(root, 'node_modules', '.basalt-installed');
const node = join(root, 'node_modules', '.bin', 'node');
const installed = existsSync(stampFile) && existsSync(node) && readFileSync(stampFile, 'utf8') === stamp();

if (!installed && command === 'stop' && !existsSync(node)) process.exit(0);
if (!installed && !(quiet && existsSync(node))) {
  const began = Date.now();
  mkdirSync(tools, { recursive: true });
  if (!pnpmThere()) {
    console.log(`  · fetching pnpm ${wanted}`);
    run('npm', [
      'install',
      '--prefix',
      tools,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `pnpm@${wanted}`,
    ]);
  }
  console.log('  · installing dependencies');
  run(pnpm, ['install', '--frozen-lockfile', '--reporter=append-only']);
  if (!existsSync(node))
    fail('The dependencies were installed, but Node 24 is not among them; is this machine x86-64 or ARM64?');
  writeFileSync(stampFile, stamp());
  console.log(`  ✓ dependencies (${((Date.now() - began) / 1000).toFixed(0)} s)`);
}

const result = spawnSync(
  node,
  ['--disable-warning=ExperimentalWarning', join(root, 'scripts', 'main.ts'), command, ...rest],
  { cwd: root, stdio: 'inherit' },
);
process.exit(result.status ?? 1);
