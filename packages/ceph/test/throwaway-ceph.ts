/** A Ceph of one monitor, one manager and one OSD in a temporary directory on loopback; everything goes with stop(). */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

export interface ThrowawayCeph {
  readonly dir: string;
  readonly conf: string;
  readonly keyring: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a tool against it as client.admin. */
  run(tool: string, ...args: string[]): Promise<string>;
  /** Stops the OSD for good: I/O hangs from here on. */
  osdFreeze(frozen: boolean): void;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export async function eventually<T>(
  probe: () => Promise<T>,
  what: string,
  deadlineMs: number,
): Promise<NonNullable<T>> {
  const end = performance.now() + deadlineMs;
  let last: unknown;
  while (performance.now() < end) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`did not happen in ${deadlineMs} ms: ${what}`, { cause: last });
}

export async function startCeph(): Promise<ThrowawayCeph> {
  const dir = await mkdtemp(join(tmpdir(), 'ceph-test-'));
  const conf = join(dir, 'ceph.conf');
  const keyring = join(dir, 'keyring');
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CEPH_CONF: conf };
  const children: ChildProcess[] = [];
  const run = async (tool: string, ...args: string[]): Promise<string> =>
    (await exec(tool, args, { env, timeout: 30_000, maxBuffer: 1 << 26 })).stdout;
  const daemon = (tool: string, ...args: string[]): ChildProcess => {
    const child = spawn(tool, ['-f', ...args], { env, stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    // OSDs before the monitor: an OSD that cannot reach it takes long to die.
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const fsid = randomUUID();
    const [v2, v1] = [await freePort(), await freePort()];
    const address = `[v2:127.0.0.1:${v2},v1:127.0.0.1:${v1}]`;
    await writeFile(
      conf,
      `[global]
fsid = ${fsid}
mon_initial_members = a
mon_host = ${address}
public_network = 127.0.0.0/8
cluster_network = 127.0.0.0/8
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_allow_pool_delete = true
mon_warn_on_pool_no_redundancy = false
osd_objectstore = bluestore
bluestore_block_size = 17179869184
bluestore_block_db_size = 0
bluestore_block_wal_size = 0
osd_memory_target = 939524096
run_dir = ${dir}
log_file = ${dir}/$name.log
admin_socket = ${dir}/$name.$pid.asok
pid_file = ${dir}/$name.pid
keyring = ${dir}/keyring
osd_data = ${dir}/osd.$id
mon_data = ${dir}/mon.$id
mgr_data = ${dir}/mgr.$id
crash_dir = ${dir}
[osd]
keyring = ${dir}/osd.$id/keyring
[mgr]
keyring = ${dir}/mgr.$id/keyring
[mon]
keyring = ${dir}/mon.keyring
`,
    );
    const monKeyring = join(dir, 'mon.keyring');
    const all = ['mon', 'osd', 'mds', 'mgr'].flatMap((service) => ['--cap', service, 'allow *']);
    await run('ceph-authtool', '--create-keyring', monKeyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
    await run('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'client.admin', ...all);
    await run('ceph-authtool', monKeyring, '--import-keyring', keyring);
    await run('monmaptool', '--create', '--addv', 'a', address, '--fsid', fsid, join(dir, 'monmap'));
    for (const name of ['mon.a', 'mgr.x', 'osd.0']) await mkdir(join(dir, name));
    await run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', join(dir, 'monmap'), '--keyring', monKeyring);
    daemon('ceph-mon', '-i', 'a');
    await eventually(() => run('ceph', '-s', '--connect-timeout', '5'), 'the monitor answers', 30_000);
    await run('ceph', 'mon', 'enable-msgr2');
    const mgrKey = await run(
      'ceph',
      'auth',
      'get-or-create',
      'mgr.x',
      'mon',
      'allow profile mgr',
      'osd',
      'allow *',
      'mds',
      'allow *',
    );
    await writeFile(join(dir, 'mgr.x', 'keyring'), mgrKey);
    daemon('ceph-mgr', '-i', 'x');
    const osdUuid = randomUUID();
    const osdKey = (await run('ceph-authtool', '--gen-print-key')).trim();
    const secrets = join(dir, 'osd.secret');
    await writeFile(secrets, JSON.stringify({ cephx_secret: osdKey }));
    await run('ceph', 'osd', 'new', osdUuid, '-i', secrets);
    await run('ceph-authtool', '--create-keyring', join(dir, 'osd.0', 'keyring'), '-n', 'osd.0', '--add-key', osdKey);
    await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osdUuid, '--keyring', join(dir, 'osd.0', 'keyring'));
    const osd = daemon('ceph-osd', '-i', '0', '--crush-location', 'host=node1 root=default');
    await run('ceph', 'osd', 'set-require-min-compat-client', 'mimic');
    await eventually(
      async () =>
        (JSON.parse(await run('ceph', 'osd', 'stat', '-f', 'json')) as { num_up_osds: number }).num_up_osds === 1,
      'the OSD is up',
      60_000,
    );
    await run('ceph', 'osd', 'crush', 'rm-device-class', 'osd.0');
    await run('ceph', 'osd', 'crush', 'set-device-class', 'ssd', 'osd.0');
    return { dir, conf, keyring, env, run, stop, osdFreeze: (frozen) => void osd.kill(frozen ? 'SIGSTOP' : 'SIGCONT') };
  } catch (error) {
    await stop();
    throw error;
  }
}
