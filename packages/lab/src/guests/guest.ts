/**
 * Guest images, built from Debian's packages and kept in the cache under a hash of all that goes into them. The
 * guests' kernel and agent are only downloaded: this machine needs neither.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commandRun } from '../exec.ts';
import type { Instance } from '../instance.ts';

export type GuestName = 'tiny' | 'debian';

export interface GuestFiles {
  qcow2: string;
  /** Of tiny, for a boot without firmware and boot loader. */
  kernel?: string;
  initrd?: string;
}

const sourceDir = import.meta.dirname;

/** All files below a directory, sorted. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

/** Version of a package as apt would download it. */
async function packageCandidate(name: string): Promise<string> {
  const text = await commandRun(['apt-cache', 'policy', name]);
  const version = /Candidate: (\S+)/.exec(text)?.[1];
  if (version === undefined || version === '(none)')
    throw new Error(`apt knows no package ${name}; run apt-get update`);
  return version;
}

/** The package with the kernel itself, which linux-image-cloud-amd64 only depends on. */
async function kernelPackage(): Promise<string> {
  const text = await commandRun(['apt-cache', 'depends', 'linux-image-cloud-amd64']);
  const name = /Depends: (linux-image-\S+)/.exec(text)?.[1];
  if (name === undefined) throw new Error('apt knows no linux-image-cloud-amd64; run apt-get update');
  return name;
}

/** Downloads packages and unpacks them into a directory, installing nothing. */
async function packagesUnpack(names: string[], dir: string): Promise<void> {
  const debs = `${dir}.debs`;
  mkdirSync(debs, { recursive: true });
  await commandRun(['apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download', ...names], {
    cwd: debs,
    timeoutMs: 300_000,
  });
  for (const file of readdirSync(debs))
    await commandRun(['dpkg-deb', '-x', join(debs, file), dir], { timeoutMs: 60_000 });
  rmSync(debs, { recursive: true });
}

async function tinyInputs(): Promise<{ packages: string[]; hash: string }> {
  const packages = [await kernelPackage(), 'qemu-guest-agent'];
  const hash = createHash('sha256');
  for (const name of packages) hash.update(`${name} ${await packageCandidate(name)}\n`);
  for (const file of [join(sourceDir, 'tiny.sh'), ...filesBelow(join(sourceDir, 'tiny-root'))])
    hash.update(file.slice(sourceDir.length)).update(readFileSync(file));
  return { packages, hash: hash.digest('hex').slice(0, 12) };
}

async function debianInputs(): Promise<{ packages: string[]; hash: string }> {
  const hash = createHash('sha256').update(await kernelPackage());
  for (const name of ['debian.sh', 'debian-boot.py']) hash.update(readFileSync(join(sourceDir, name)));
  return { packages: [], hash: hash.digest('hex').slice(0, 12) };
}

/** Builds into a scratch directory and moves the result into place, so that an interrupted build leaves nothing half-made. */
async function guestBuild(instance: Instance, guest: GuestName, packages: string[], target: string): Promise<void> {
  const scratch = mkdtempSync(join(instance.cacheDir, `.${guest}-`));
  try {
    const work = join(scratch, 'work');
    const result = join(scratch, 'result');
    for (const dir of [work, result]) mkdirSync(dir);
    const qcow2 = join(result, `${guest}.qcow2`);
    if (guest === 'tiny') {
      const unpacked = join(scratch, 'packages');
      await packagesUnpack(packages, unpacked);
      await commandRun(['sh', join(sourceDir, 'tiny.sh'), unpacked, join(sourceDir, 'tiny-root'), work, qcow2], {
        timeoutMs: 120_000,
      });
      for (const file of ['vmlinuz', 'initrd']) renameSync(join(work, file), join(result, file));
    } else {
      await commandRun(['sh', join(sourceDir, 'debian.sh'), sourceDir, work, qcow2], { timeoutMs: 15 * 60_000 });
    }
    rmSync(target, { recursive: true, force: true });
    renameSync(result, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The files of a guest image; builds it when its inputs have changed (tiny some seconds, debian a minute or two; needs root). */
export async function guestFilesEnsure(instance: Instance, guest: GuestName): Promise<GuestFiles> {
  mkdirSync(instance.cacheDir, { recursive: true });
  const { packages, hash } = guest === 'tiny' ? await tinyInputs() : await debianInputs();
  const dir = join(instance.cacheDir, `guest-${guest}-${hash}`);
  const qcow2 = join(dir, `${guest}.qcow2`);
  if (!existsSync(qcow2)) {
    await guestBuild(instance, guest, packages, dir);
    for (const name of readdirSync(instance.cacheDir))
      if (name.startsWith(`guest-${guest}-`) && !dir.endsWith(name))
        rmSync(join(instance.cacheDir, name), { recursive: true });
  }
  return guest === 'tiny' ? { qcow2, kernel: join(dir, 'vmlinuz'), initrd: join(dir, 'initrd') } : { qcow2 };
}

/** Path of a guest's qcow2, built if needed. */
export async function guestImageEnsure(instance: Instance, guest: GuestName): Promise<string> {
  return (await guestFilesEnsure(instance, guest)).qcow2;
}
