/** Builds the console when its sources have changed since the last build; the services run from their sources. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout, node } from './paths.ts';

const run = promisify(execFile);
const ignored = new Set(['node_modules', '.next', '.turbo', 'dist', 'test', 'test-results', 'next-env.d.ts']);

function hashTree(hash: ReturnType<typeof createHash>, path: string): void {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).toSorted()) if (!ignored.has(name)) hashTree(hash, join(path, name));
    return;
  }
  hash.update(path).update(readFileSync(path));
}

function consoleSources(): string {
  const hash = createHash('sha256');
  for (const part of [
    'apps/console',
    'packages/ui',
    'packages/contract',
    'packages/rpc',
    'pnpm-lock.yaml',
    'tsconfig.base.json',
  ]) {
    hashTree(hash, join(checkout, part));
  }
  return hash.digest('hex');
}

export const consoleServer = join(checkout, 'apps/console/.next/standalone/apps/console/server.js');

/** @returns whether anything was built. */
export async function consoleBuild(): Promise<boolean> {
  const app = join(checkout, 'apps/console');
  const stamp = join(app, '.next', 'basalt-built');
  const sources = consoleSources();
  if (existsSync(stamp) && existsSync(consoleServer) && readFileSync(stamp, 'utf8') === sources) return false;
  await run(node, [join(app, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: app,
    timeout: 600_000,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      NEXT_TELEMETRY_DISABLED: '1',
      NODE_ENV: 'production',
      PATH: `${join(checkout, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    },
  }).catch((error: unknown) => {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`the console could not be built:\n${stdout}\n${stderr}`);
  });
  const standalone = join(consoleServer, '..');
  mkdirSync(join(standalone, '.next'), { recursive: true });
  cpSync(join(app, '.next/static'), join(standalone, '.next/static'), { recursive: true });
  if (existsSync(join(app, 'public'))) cpSync(join(app, 'public'), join(standalone, 'public'), { recursive: true });
  writeFileSync(stamp, sources);
  return true;
}
