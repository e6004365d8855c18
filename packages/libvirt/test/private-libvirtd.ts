/**
 * Private libvirt daemons for tests and benchmarks. Everything one owns lies in a temporary directory (and, for QEMU,
 * in namespaces of its own) and goes when it is stopped; a daemon also dies with the process that started it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NOBODY = 65_534;

export interface PrivateLibvirtd {
  dir: string;
  socket: string;
  /** The daemon's process: its `/proc` shows the file systems it sees. */
  pid: () => number;
  /** Kills the daemon without warning and starts it again; guests live on. */
  restart: () => Promise<void>;
  /** Stops and continues the daemon: nothing is closed, nothing answers. */
  freeze: () => void;
  thaw: () => void;
  /** The last the daemon wrote about itself. */
  said: () => string;
  stop: () => Promise<void>;
}

/** Polls until `probe` gives something. Throws after `timeoutMs`. */
export const eventually = async <T>(what: string, probe: () => T | Promise<T>, timeoutMs = 20_000) => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await pause(20);
  }
};

const accepts = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const endOf = async (child: ChildProcess): Promise<void> => {
  if (!ended(child)) await new Promise((resolve) => child.once('exit', resolve));
};

interface Supervised {
  dir: string;
  command: () => { file: string; args: string[]; env?: NodeJS.ProcessEnv; uid?: number; gid?: number };
  cleanUp: () => Promise<void>;
}

const supervise = async ({ dir, command, cleanUp }: Supervised): Promise<PrivateLibvirtd> => {
  const socket = join(dir, 'sock/libvirt-sock');
  let child: ChildProcess;
  let said = '';
  const start = async (): Promise<void> => {
    const { file, args, ...options } = command();

    child = spawn(file, args, { ...options, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const out of [child.stdout, child.stderr]) out?.on('data', (text) => (said = `${said}${text}`.slice(-4000)));
    await eventually('libvirtd', async () => {
      if (ended(child)) throw new Error(`libvirtd ended: ${said}`);
      return accepts(socket);
    });
  };
  await start();
  return {
    dir,
    socket,
    pid: () => child.pid ?? 0,
    said: () => said,
    restart: async () => {
      child.kill('SIGKILL');
      await endOf(child);
      await start();
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGKILL');
      await endOf(child);
      await cleanUp();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

const daemonConf = (dir: string): string =>
  `unix_sock_dir = "${join(dir, 'sock')}"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\nhost_uuid_source = "machine-id"\n`;

const makeDir = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'libvirtd-'));
  await mkdir(join(dir, 'sock'));
  return dir;
};

/** An ordinary user's libvirtd, for `test:///default`. As root it runs as nobody. `settings` go to its configuration. */
export const testLibvirtd = async (settings = '', ...flags: string[]): Promise<PrivateLibvirtd> => {
  const dir = await makeDir();
  const conf = join(dir, 'libvirtd.conf');
  await writeFile(conf, daemonConf(dir).replace(/host_uuid_source.*\n/, '') + settings);
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid) for (const path of [dir, join(dir, 'sock')]) await chown(path, NOBODY, NOBODY);
  await chmod(dir, 0o755);
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: dir,
    XDG_RUNTIME_DIR: dir,
    XDG_CACHE_HOME: dir,
    XDG_CONFIG_HOME: dir,
  };
  const args = [
    '--pdeathsig',
    'KILL',
    '/usr/sbin/libvirtd',
    '--config',
    conf,
    '--pid-file',
    join(dir, 'libvirtd.pid'),
    ...flags,
  ];
  return supervise({ dir, command: () => ({ file: 'setpriv', args, env, ...user }), cleanUp: async () => undefined });
};

/** Makes the namespaces' file systems private, then stays as long as its standard input is open. */
const KEEPER = `set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/libvirt /run/lock
for d in etc/libvirt var/lib/libvirt var/log/libvirt var/cache/libvirt; do
  mkdir -p "/$d" "$1/$d"; mount --bind "$1/$d" "/$d"
done
ip link set lo up
hostname "$2"
echo ready
exec cat`;

const QEMU_CONF = `user = "root"
group = "root"
cgroup_controllers = []
namespaces = []
security_driver = "none"
stdio_handler = "file"
remember_owner = 0
`;

const mountNamespace = (pid: number | string): Promise<string> => readlink(`/proc/${pid}/ns/mnt`).catch(() => '');

/** Ends whatever still lives in a mount namespace: guests that a failed test left running. */
const namespaceEmpty = async (namespace: string, keeper: number): Promise<void> => {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === keeper || (await mountNamespace(pid)) !== namespace) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
};

/** Root's libvirtd with the QEMU driver, in mount, network and UTS namespaces of its own. */
export const qemuLibvirtd = async (): Promise<PrivateLibvirtd> => {
  const dir = await makeDir();
  await mkdir(join(dir, 'etc/libvirt'), { recursive: true });
  await writeFile(join(dir, 'etc/libvirt/qemu.conf'), QEMU_CONF);
  const uuid = (await readFile('/proc/sys/kernel/random/uuid', 'utf8')).trim();
  await writeFile(
    join(dir, 'etc/libvirt/libvirtd.conf'),
    daemonConf(dir).replace(/host_uuid_source.*/, `host_uuid = "${uuid}"`),
  );
  const args = ['--mount', '--net', '--uts', '--propagation', 'private', 'sh', '-c', KEEPER, 'sh', dir, `h-${uuid}`];
  const keeper = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ready = await new Promise<boolean>((resolve) => {
    keeper.stdout.once('data', () => resolve(true));
    keeper.once('exit', () => resolve(false));
  });
  const pid = keeper.pid ?? 0;
  if (!ready || pid === 0) throw new Error('no namespaces: root with CAP_SYS_ADMIN is needed');
  const namespace = await mountNamespace(pid);
  return supervise({
    dir,
    command: () => ({
      file: 'nsenter',
      args: ['-t', String(pid), '--mount', '--net', '--uts', 'setpriv', '--pdeathsig', 'KILL', '/usr/sbin/libvirtd'],
    }),
    cleanUp: async () => {
      await namespaceEmpty(namespace, pid);
      keeper.stdin.end();
      await endOf(keeper);
    },
  });
};

/** Runs virsh against a private daemon, as the peer in comparisons. */
export const virsh = async (socket: string, driver: string, args: string[]): Promise<string> =>
  (await run('virsh', ['-c', `${driver}?socket=${socket}`, ...args], { timeout: 60_000 })).stdout;
