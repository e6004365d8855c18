/**
 * A host of the lab: network, mount and UTS namespaces that stay alive by themselves (pinned by bind mounts), with
 * its own /etc/libvirt, /etc/ceph, /var/lib/libvirt and /run. What survives a reboot of a real host lies under
 * .run/lab/hosts/hostN; /run is a tmpfs, as on a real host.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandRun, commandTry } from './exec.ts';
import { type Instance, instanceNamespace } from './instance.ts';
import { hostNetworkEnsure } from './network.ts';
import { type ProcessIdentity, processArgv, processList, processNamespace } from './process-table.ts';
import { order } from './process-order.ts';
import type { ProcessSpecInput } from './supervisor-protocol.ts';

export interface HostFiles {
  /** State of the host that survives reboots; the same path inside and outside. */
  stateDir: string;
  /** For the agent's own state (key, certificate, database). */
  agentDir: string;
  /** Bound over /etc/ceph, /etc/libvirt, /var/lib/libvirt of the host. */
  etcCeph: string;
  etcLibvirt: string;
  varLibLibvirt: string;
  ovsDb: string;
  /** Pinned namespaces, for nsenter. */
  mountNamespace: string;
  utsNamespace: string;
  networkNamespace: string;
}

export const hostName = (host: number) => `host${host}`;

/** Number of `host3`; undefined for anything else. */
export function hostNumber(name: string): number | undefined {
  const match = /^host([1-9]\d?)$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

export function hostFiles(instance: Instance, host: number): HostFiles {
  const stateDir = join(instance.labDir, 'hosts', hostName(host));
  const pins = join(instance.runtimeDir, hostName(host));
  return {
    stateDir,
    agentDir: join(stateDir, 'agent'),
    etcCeph: join(stateDir, 'etc-ceph'),
    etcLibvirt: join(stateDir, 'etc-libvirt'),
    varLibLibvirt: join(stateDir, 'var-lib-libvirt'),
    ovsDb: join(stateDir, 'ovs', 'conf.db'),
    mountNamespace: join(pins, 'mnt'),
    utsNamespace: join(pins, 'uts'),
    networkNamespace: `/run/netns/${instanceNamespace(instance, host)}`,
  };
}

/** What to put before argv to enter the host; execs, so the pid stays. */
export function hostWrap(instance: Instance, host: number): string[] {
  const files = hostFiles(instance, host);
  return [
    'nsenter',
    `--net=${files.networkNamespace}`,
    `--uts=${files.utsNamespace}`,
    `--mount=${files.mountNamespace}`,
    '--wdns=/',
    '--',
  ];
}

/** argv that runs `argv` inside the host's namespaces. */
export function hostCommand(instance: Instance, host: number, argv: readonly string[]): string[] {
  return [...hostWrap(instance, host), ...argv];
}

/** A distinct, stable UUID per host and purpose. */
export function hostUuid(instance: Instance, host: number, purpose = 'host'): string {
  const hex = createHash('sha256').update(`${instance.id} ${purpose} ${host}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const libvirtdConf = (instance: Instance, host: number) => `# Written by the lab at every start.
listen_tls = 0
listen_tcp = 0
auth_unix_ro = "none"
auth_unix_rw = "none"
unix_sock_group = "root"
host_uuid = "${hostUuid(instance, host)}"
log_outputs = "3:stderr"
max_clients = 200
max_workers = 12
min_workers = 3
prio_workers = 2
`;

// Guests run as root and without libvirt's own confinement: the namespaces of a lab host offer neither cgroups nor
// security labels.
const qemuConf = `# Written by the lab at every start.
user = "root"
group = "root"
cgroup_controllers = []
namespaces = []
security_driver = "none"
remember_owner = 0
max_core = 0
`;

/** Directories and configuration of a host; keeps what is there. */
function hostStateEnsure(instance: Instance, host: number): void {
  const files = hostFiles(instance, host);
  for (const dir of [
    'etc-libvirt',
    'etc-ceph',
    'var-lib-libvirt',
    'var-cache-libvirt',
    'var-log-libvirt',
    'agent',
    'ovs',
  ])
    mkdirSync(join(files.stateDir, dir), { recursive: true, mode: 0o755 });
  mkdirSync(join(files.varLibLibvirt, 'qemu'), { recursive: true });
  mkdirSync(join(files.stateDir, 'var-log-libvirt', 'qemu'), { recursive: true });
  if (!existsSync(join(files.etcLibvirt, 'qemu')) && existsSync('/etc/libvirt')) {
    cpSync('/etc/libvirt', files.etcLibvirt, { recursive: true, verbatimSymlinks: true });
    // The packaged default NAT network is not part of a host of ours.
    for (const one of ['qemu', 'nwfilter']) mkdirSync(join(files.etcLibvirt, one), { recursive: true });
  }
  writeFileSync(join(files.etcLibvirt, 'libvirtd.conf'), libvirtdConf(instance, host));
  writeFileSync(join(files.etcLibvirt, 'qemu.conf'), qemuConf);
  writeFileSync(join(files.stateDir, 'machine-id'), `${hostUuid(instance, host, 'machine').replaceAll('-', '')}\n`);
  writeFileSync(join(files.stateDir, 'hostname'), `${hostName(host)}\n`);
}

/** Makes the tmpfs that holds sockets and pinned namespaces; idempotent. */
export async function runtimeDirEnsure(instance: Instance): Promise<void> {
  mkdirSync(instance.runtimeDir, { recursive: true });
  if ((await commandTry(['mountpoint', '-q', instance.runtimeDir])).code === 0) return;
  await commandRun(['mount', '-t', 'tmpfs', '-o', 'mode=755,nosuid,nodev', 'tmpfs', instance.runtimeDir]);
  // A mount namespace can only be pinned on a mount that does not propagate.
  await commandRun(['mount', '--make-private', instance.runtimeDir]);
}

/** Whether the host's namespaces exist. */
export async function hostExists(instance: Instance, host: number): Promise<boolean> {
  const files = hostFiles(instance, host);
  if (![files.mountNamespace, files.utsNamespace, files.networkNamespace].every((file) => existsSync(file)))
    return false;
  return (await commandTry(hostCommand(instance, host, ['true']))).code === 0;
}

/**
 * A mount namespace may be pinned only by one with a smaller id. Linux 6.18 hands ids out to processors in batches, so that
 * inside a container a new namespace may have the smaller one, depending on the processor that made it: seen as "Invalid
 * argument" of the pinning mount. The other processors are tried then.
 */
async function namespacesMake(instance: Instance, host: number): Promise<void> {
  const files = hostFiles(instance, host);
  const script = fileURLToPath(new URL('host-namespace.sh', import.meta.url));
  const processors = availableParallelism();
  for (let tries = 0; ; tries += 1) {
    await hostRemove(instance, host);
    await commandRun(['ip', 'netns', 'add', instanceNamespace(instance, host)]);
    mkdirSync(join(instance.runtimeDir, hostName(host)), { recursive: true });
    writeFileSync(files.mountNamespace, '');
    writeFileSync(files.utsNamespace, '');
    const made = await commandTry([
      ...(tries === 0 ? [] : ['taskset', '--cpu-list', String((tries - 1) % processors)]),
      'nsenter',
      `--net=${files.networkNamespace}`,
      'unshare',
      `--mount=${files.mountNamespace}`,
      `--uts=${files.utsNamespace}`,
      '--propagation',
      'private',
      'sh',
      script,
      hostName(host),
      files.stateDir,
    ]);
    if (made.code === 0) return;
    if (tries >= processors || !/Invalid argument/u.test(made.stderr))
      throw new Error(`the namespaces of ${hostName(host)} could not be made: ${made.stderr.trim()}`);
  }
}

/** Makes the host's namespaces and plugs its cables in; idempotent. */
export async function hostEnsure(instance: Instance, host: number): Promise<void> {
  hostStateEnsure(instance, host);
  if (!(await hostExists(instance, host))) await namespacesMake(instance, host);
  await hostNetworkEnsure(instance, host);
}

/** Empties /run, as a boot does; for a host whose processes have all ended. */
export async function hostRunReset(instance: Instance, host: number): Promise<void> {
  await commandRun(hostCommand(instance, host, ['find', '/run', '-xdev', '-mindepth', '1', '-delete']));
  const dirs = ['libvirt', 'openvswitch', 'ovn', 'lock', 'ceph', 'basalt'].map((dir) => `/run/${dir}`);
  await commandRun(hostCommand(instance, host, ['mkdir', '-p', ...dirs]));
}

/** Lets the host's namespaces go; its processes must have ended. Idempotent. */
export async function hostRemove(instance: Instance, host: number): Promise<void> {
  const files = hostFiles(instance, host);
  for (const pin of [files.mountNamespace, files.utsNamespace]) if (existsSync(pin)) await commandTry(['umount', pin]);
  if (existsSync(files.networkNamespace)) await commandTry(['ip', 'netns', 'del', instanceNamespace(instance, host)]);
}

/** Every process in the host, supervised or not (guests' QEMU, shells). */
export function hostProcesses(instance: Instance, host: number): ProcessIdentity[] {
  const files = hostFiles(instance, host);
  const inode = (file: string) => (existsSync(file) ? statSync(file).ino : undefined);
  const net = inode(files.networkNamespace);
  const mnt = inode(files.mountNamespace);
  return processList().filter(({ pid }) => {
    const own = processNamespace(pid, 'net');
    return own !== undefined && (own === net || processNamespace(pid, 'mnt') === mnt);
  });
}

/** The QEMU processes of the host's guests. */
export function hostGuests(instance: Instance, host: number): ProcessIdentity[] {
  return hostProcesses(instance, host).filter(({ pid }) => /qemu-system/.test(processArgv(pid)[0] ?? ''));
}

/** libvirt's daemons of a host. */
export function libvirtSpecs(instance: Instance, host: number): ProcessSpecInput[] {
  const name = hostName(host);
  const common = { group: name, wrap: hostWrap(instance, host), stopTimeoutMs: 5000 };
  return [
    {
      ...common,
      name: `${name}.virtlogd`,
      argv: ['/usr/sbin/virtlogd'],
      order: order.virtlogd,
      ready: { kind: 'socket', path: '/run/libvirt/virtlogd-sock' },
    },
    {
      ...common,
      name: `${name}.libvirtd`,
      argv: ['/usr/sbin/libvirtd'],
      order: order.libvirtd,
      ready: { kind: 'command', argv: ['virsh', '-c', 'qemu:///system', 'version'] },
      readyTimeoutMs: 60_000,
    },
  ];
}
