/** What the lab needs of the machine: Debian packages, and the machine itself. */
import { chmodSync, existsSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { commandRun, commandTry } from './exec.ts';

/** Debian 12 packages of the lab and its guests' builders. The guests' own kernel and agent are downloaded, not installed. */
export const debianPackages = [
  // hosts
  'qemu-system-x86',
  'qemu-utils',
  'qemu-block-extra',
  'ovmf',
  'libvirt-daemon-system',
  'libvirt-daemon-driver-storage-rbd',
  'libvirt-clients',
  'openvswitch-switch',
  'ovn-central',
  'ovn-host',
  'ceph-mon',
  'ceph-osd',
  'ceph-mgr',
  'ceph-common',
  'victoria-metrics',
  'genisoimage',
  'iproute2',
  'iputils-ping',
  'procps',
  // guests
  'busybox-static',
  'cpio',
  'kmod',
  'fdisk',
  'e2fsprogs',
  'dosfstools',
  'mtools',
  'grub-common',
  'grub-pc-bin',
  'grub-efi-amd64-bin',
  'mmdebstrap',
  'python3-minimal',
] as const;

const aptTimeoutMs = 20 * 60_000;
const policyFile = '/usr/sbin/policy-rc.d';

async function packagesInstalled(patterns: readonly string[]): Promise<Set<string>> {
  const result = await commandTry(['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n', ...patterns]);
  const lines = result.stdout.split('\n').filter((line) => line.endsWith(' installed'));
  return new Set(lines.map((line) => line.split(' ')[0] ?? ''));
}

/** Packages of a list that are not installed. */
export async function debianPackagesMissing(packages: readonly string[] = debianPackages): Promise<string[]> {
  const installed = await packagesInstalled(packages);
  return packages.filter((name) => !installed.has(name));
}

/**
 * Installs what is missing. The packaged daemons are kept from starting on the machine itself: all of them run in the
 * lab's own namespaces with its own configuration.
 * @returns the packages that were installed
 */
export async function ensureDebianPackages(
  onProgress: (line: string) => void = () => undefined,
  packages: readonly string[] = debianPackages,
): Promise<string[]> {
  const missing = await debianPackagesMissing(packages);
  if (missing.length === 0) return [];
  const env = { DEBIAN_FRONTEND: 'noninteractive', DEBIAN_PRIORITY: 'critical' };
  const apt = (...args: string[]) =>
    commandRun(['apt-get', '-o', 'DPkg::Lock::Timeout=600', '-q', '-y', ...args], { env, timeoutMs: aptTimeoutMs });
  const before = await packagesInstalled([]);
  const ownPolicy = !existsSync(policyFile);
  if (ownPolicy) {
    writeFileSync(policyFile, '#!/bin/sh\nexit 101\n');
    chmodSync(policyFile, 0o755);
  }
  try {
    onProgress(`installing ${missing.length} Debian packages: ${missing.join(' ')}`);
    try {
      await apt('install', '--no-install-recommends', ...missing);
    } catch {
      // Most often the lists are missing or older than the archive.
      onProgress('refreshing the package lists');
      await apt('update');
      await apt('install', '--no-install-recommends', ...missing);
    }
  } finally {
    if (ownPolicy) rmSync(policyFile, { force: true });
  }
  const now = await packagesInstalled([]);
  await daemonsDisable([...now].filter((name) => !before.has(name)));
  const still = await debianPackagesMissing(packages);
  if (still.length > 0)
    throw new Error(`apt-get ended well, but these packages are still not installed: ${still.join(' ')}`);
  return missing;
}

/**
 * Keeps the daemons of packages we installed from starting with the machine's next boot: nobody asked for them.
 * `packages` are names that were not installed before, dependencies too.
 * @returns the units that were disabled
 */
export async function daemonsDisable(packages: readonly string[]): Promise<string[]> {
  const ours = packages.filter((name) => /^(libvirt|openvswitch|ovn|ceph|victoria)/.test(name));
  if (ours.length === 0 || (!existsSync('/usr/bin/systemctl') && !existsSync('/bin/systemctl'))) return [];
  const files = (await commandTry(['dpkg-query', '-L', ...ours])).stdout;
  const unit = /\/lib\/systemd\/system\/([^/@\n]+\.(?:service|socket|target|timer))$/gm;
  const units = [...new Set([...files.matchAll(unit)].flatMap((match) => match[1] ?? []))];
  if (units.length > 0) await commandTry(['systemctl', 'disable', ...units], { timeoutMs: 60_000 });
  return units;
}

/** A reason why the lab cannot run here, as a sentence for the user. */
export interface MachineProblem {
  /** Whether it only makes things slow or tight. */
  fatal: boolean;
  text: string;
}

function osRelease(): Map<string, string> {
  if (!existsSync('/etc/os-release')) return new Map();
  const lines = readFileSync('/etc/os-release', 'utf8').split('\n');
  return new Map(
    lines.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1).replaceAll('"', '')]),
  );
}

/** Whether bridged frames pass iptables and are dropped there by default. */
async function forwardingDropped(): Promise<boolean> {
  const switchFile = '/proc/sys/net/bridge/bridge-nf-call-iptables';
  if (!existsSync(switchFile) || readFileSync(switchFile, 'utf8').trim() !== '1') return false;
  const rules = await commandTry(['iptables', '-S', 'FORWARD']).catch(() => ({ stdout: '' }));
  return rules.stdout.startsWith('-P FORWARD DROP');
}

/** Looks whether this machine can carry the lab; an empty list means yes. `directory` is where the state will lie. */
export async function checkMachine(directory: string): Promise<MachineProblem[]> {
  const problems: MachineProblem[] = [];
  const problem = (fatal: boolean, text: string) => problems.push({ fatal, text });
  const release = osRelease();
  if (process.platform !== 'linux') problem(true, `The lab needs Linux (Debian 12); this is ${process.platform}.`);
  else if (release.get('ID') !== 'debian' || release.get('VERSION_ID') !== '12')
    problem(true, `The lab needs Debian 12; this is ${release.get('PRETTY_NAME') ?? 'an unknown system'}.`);
  if (process.arch !== 'x64') problem(true, `The lab needs an amd64 machine; this one is ${process.arch}.`);
  if (process.getuid?.() !== 0)
    problem(true, 'The lab needs root, for network namespaces, mounts and virtual machines. Run it with sudo.');
  else {
    const trial = await commandTry(['unshare', '--net', '--mount', '--uts', 'true']).catch(() => ({ code: -1 }));
    if (trial.code !== 0)
      problem(
        true,
        'This machine does not let us make network, mount and UTS namespaces (is this an unprivileged container?).',
      );
    if (!existsSync('/dev/net/tun'))
      problem(true, 'There is no /dev/net/tun, which Open vSwitch and virtual machines need.');
  }
  if (await forwardingDropped())
    problem(
      false,
      'The firewall of this machine drops frames on bridges (iptables FORWARD policy DROP with bridge-nf-call-iptables 1, as Docker sets them): hosts will not reach each other until that is changed.',
    );
  const gib = totalmem() / 2 ** 30;
  if (gib < 7) problem(gib < 4, `The lab needs about 6 GB of memory; this machine has ${gib.toFixed(1)} GB.`);
  const disk = statfsSync(directory);
  const free = (disk.bavail * disk.bsize) / 2 ** 30;
  if (free < 20)
    problem(free < 8, `The lab wants 20 GB of free disk space under ${directory}; there are ${free.toFixed(1)} GB.`);
  return problems;
}
