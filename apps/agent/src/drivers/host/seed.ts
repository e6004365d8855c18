/** The NoCloud seed (user-data, meta-data, network-config) as files and as the ISO that cloud-init looks for. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CloudInitSeed } from '../../host.types.ts';

const run = promisify(execFile);

/** YAML that is also read by guests without a YAML parser: plain where that is safe, else JSON, which YAML includes. */
const scalar = (text: string): string =>
  /^[a-z][a-z0-9.-]*$/iu.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/iu.test(text)
    ? text
    : JSON.stringify(text);

/** File name → content. No value can break out of it. Pure. */
export const seedFiles = (seed: CloudInitSeed): Readonly<Record<string, string>> => ({
  'meta-data': `instance-id: ${scalar(seed.instanceId)}\nlocal-hostname: ${scalar(seed.hostName)}\n`,
  'user-data': seed.userData,
  'network-config': seed.networkConfig,
});

export const seedHash = (seed: CloudInitSeed): string =>
  createHash('sha256')
    .update(JSON.stringify(seedFiles(seed)))
    .digest('hex');

/**
 * Writes the ISO unless it holds exactly this already. The seed may hold a password's hash: owner only, also in between.
 * @returns whether it was written. @throws Error when genisoimage fails.
 */
export async function seedWrite(
  directory: string,
  name: string,
  seed: CloudInitSeed,
  signal: AbortSignal,
): Promise<boolean> {
  const iso = join(directory, `${name}.iso`);
  const mark = join(directory, `${name}.sha256`);
  const hash = seedHash(seed);
  if (existsSync(iso) && existsSync(mark) && readFileSync(mark, 'utf8') === hash) return false;
  const work = mkdtempSync(join(directory, `.${name}-`));
  try {
    const files = Object.entries(seedFiles(seed)).map(([file, text]) => {
      const path = join(work, file);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    });
    const made = join(work, 'seed.iso');
    // Absolute paths of our own making: none can be taken for an option.
    await run('genisoimage', ['-quiet', '-output', made, '-volid', 'cidata', '-joliet', '-rock', ...files], {
      signal,
      timeout: 10_000,
    });
    chmodSync(made, 0o600);
    rmSync(mark, { force: true });
    renameSync(made, iso);
    writeFileSync(mark, hash, { mode: 0o600 });
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** True when there was one. */
export function seedRemove(directory: string, name: string): boolean {
  const files = [join(directory, `${name}.iso`), join(directory, `${name}.sha256`)];
  const was = files.some((file) => existsSync(file));
  for (const file of files) rmSync(file, { force: true });
  return was;
}
