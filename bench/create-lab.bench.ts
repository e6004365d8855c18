/**
 * From the call until the guest runs, on the lab's real hosts, against the bare commands that such a guest needs: clone the
 * disk, add the port, define and start the domain with equal XML in the same host's namespace. Uses the platform that runs
 * on this machine; makes its own VMs and takes them away again. Medians of one run, in turns.
 */
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RegionKey, TaskId, VmId } from '@basalt/contract';
import { gib } from '@basalt/contract';
import { cephFiles, hostNumber, hostWrap, instanceOpen, ovnEndpoints, type Instance } from '@basalt/lab';
import { firstAccount } from '../scripts/commands/start.ts';
import { platformApiOpen, type PlatformApi } from '../scripts/lib/api.ts';
import { home } from '../scripts/lib/paths.ts';
import { gatewayUrl, regionKey } from '../scripts/lib/processes.ts';
import { settingsRead } from '../scripts/lib/settings.ts';
import { answering, until } from './cell.ts';
import { quantile, ratioPrint } from './ratio.ts';

const exec = promisify(execFile);
const ROUNDS = 5;
const region = regionKey as RegionKey;
const label = `bench-${process.pid}`;

async function command([file = '', ...args]: readonly string[]): Promise<string> {
  const { stdout } = await exec(file, args, { timeout: 30_000 });
  return stdout.trim();
}

interface Tools {
  readonly virsh: (host: string, ...args: string[]) => Promise<string>;
  readonly rbd: (...args: string[]) => Promise<string>;
  readonly ovn: (...args: string[]) => Promise<string>;
}

function toolsOf(instance: Instance): Tools {
  const ceph = cephFiles(instance);
  const { northboundSocket } = ovnEndpoints(instance);
  return {
    virsh: (host, ...args) =>
      command([...hostWrap(instance, hostNumber(host) ?? 1), 'virsh', '-q', '-c', 'qemu:///system', ...args]),
    rbd: (...args) => command(['rbd', '-c', ceph.conf, '--id', 'basalt', '--keyring', ceph.basaltKeyring, ...args]),
    ovn: (...args) => command(['ovn-nbctl', `--db=${northboundSocket}`, '--timeout=10', ...args]),
  };
}

interface Made {
  readonly id: VmId;
  readonly host: string;
  readonly ms: number;
}

async function productCreate(api: PlatformApi, name: string): Promise<Made> {
  const [images, networks] = await Promise.all([
    api.call.image.list({ region, filter: { state: ['available'] } }),
    api.call.network.list({ region }),
  ]);
  const image = images.items.find((item) => item.name === 'Tiny Linux') ?? images.items[0];
  const network = networks.items[0];
  if (!image || !network) throw new Error('the platform has no image or no network');
  const began = performance.now();
  const { items } = await api.call.vm.create({
    region,
    name,
    imageId: image.id,
    vcpu: 1,
    memory: gib(1),
    nics: [{ networkId: network.id }],
  });
  const id = items[0]?.vm.id;
  if (!id) throw new Error('nothing was made');
  const host = await until(
    name,
    async () => {
      const vm = await api.call.vm.get({ region, id });
      if (vm.state === 'error') throw new Error(`${name} failed: ${vm.reason}`);
      return vm.state === 'running' ? vm.host?.name : undefined;
    },
    60_000,
    25,
  );
  return { id, host, ms: performance.now() - began };
}

async function productRemove(api: PlatformApi, id: VmId): Promise<void> {
  const done = (taskId: TaskId) =>
    until('a task', async () => (await api.call.task.get({ region, id: taskId })).finishedAt ?? undefined);
  await done((await api.call.vm.powerOff({ region, id })).taskId);
  await done((await api.call.vm.delete({ region, id })).taskId);
  await done((await api.call.vm.destroy({ region, id })).taskId);
}

/** The bare sequence for a twin of the product's VM on the same host. @returns milliseconds, and how to take it away. */
async function shellCreate(
  tools: Tools,
  directory: string,
  twin: Made,
): Promise<{ ms: number; undo: () => Promise<void> }> {
  const { virsh, rbd, ovn } = tools;
  const [id, port] = [randomUUID(), randomUUID()];
  const mac = `52:54:${randomBytes(4)
    .toString('hex')
    .replaceAll(/(..)(?=.)/gu, '$1:')}`;
  const origin = await virsh(twin.host, 'dumpxml', '--inactive', `vm-${twin.id}`);
  const value = (pattern: RegExp): string => {
    const found = pattern.exec(origin)?.[1];
    if (!found) throw new Error(`the domain has no ${pattern.source}`);
    return found;
  };
  const disk = value(/protocol='rbd' name='([^']+)'/u);
  const pool = disk.split('/')[0] ?? '';
  const oldPort = value(/interfaceid='([^']+)'/u);
  const copy = `${pool}/${label}-${id}`;
  const xml = origin
    .replace(/<metadata>.*<\/metadata>/su, '')
    .replace(`<name>vm-${twin.id}`, `<name>${label}-${id}`)
    .replace(`<uuid>${twin.id}`, `<uuid>${id}`)
    .replaceAll(`/${twin.id}.vnc`, `/${id}.vnc`)
    .replaceAll(`/${twin.id}.serial`, `/${id}.serial`)
    .replaceAll(`/${twin.id}.log`, `/${id}.log`)
    .replace(disk, copy)
    .replace(oldPort, port)
    .replace(value(/<mac address='([^']+)'/u), mac);
  const file = join(directory, `${id}.xml`);
  await writeFile(file, xml);
  const about = JSON.parse(await rbd('info', '--format', 'json', disk)) as {
    parent: { pool: string; image: string; snapshot: string };
  };
  const parent = `${about.parent.pool}/${about.parent.image}@${about.parent.snapshot}`;
  const owner = await ovn(
    '--bare',
    '--columns=name',
    'find',
    'Logical_Switch',
    `ports{>=}${await ovn('--bare', '--columns=_uuid', 'find', 'Logical_Switch_Port', `name=${oldPort}`)}`,
  );
  const undo = async (): Promise<void> => {
    const quietly = (act: Promise<unknown>): Promise<unknown> => act.catch((error: unknown) => console.error(error));
    await quietly(virsh(twin.host, 'destroy', `${label}-${id}`));
    await quietly(virsh(twin.host, 'undefine', `${label}-${id}`));
    await quietly(ovn('--if-exists', 'lsp-del', port));
    await quietly(rbd('rm', '--no-progress', copy));
  };
  try {
    const began = performance.now();
    await rbd('clone', parent, copy);
    await ovn('lsp-add', owner, port, '--', 'lsp-set-addresses', port, mac);
    await virsh(twin.host, 'define', file);
    await virsh(twin.host, 'start', `${label}-${id}`);
    return { ms: performance.now() - began, undo };
  } catch (error) {
    await undo();
    throw error;
  }
}

export async function run(): Promise<void> {
  if (process.getuid?.() !== 0 || settingsRead()?.sim !== false) {
    console.log('create.lab not measured: no real platform runs on this machine (npm start, as root)');
    return;
  }
  const instance = await instanceOpen(home);
  if (!(await answering(`${gatewayUrl(instance)}/api/health`)())) {
    console.log('create.lab not measured: the platform is stopped (npm start)');
    return;
  }
  const api = await platformApiOpen(instance, firstAccount, 'benchmark');
  const directory = await mkdtemp(join(tmpdir(), 'basalt-bench-lab-'));
  const tools = toolsOf(instance);
  const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const made = await productCreate(api, `${label}-${round}`);
      try {
        times.ours.push(made.ms);
        const bare = await shellCreate(tools, directory, made);
        times.peer.push(bare.ms);
        await bare.undo();
      } finally {
        await productRemove(api, made.id);
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const [mine, theirs] = [quantile(times.ours, 0.5), quantile(times.peer, 0.5)];
  const detail = `median ${(mine / 1000).toFixed(2)} s against ${(theirs / 1000).toFixed(2)} s`;
  ratioPrint({ name: 'create.lab', ratio: mine / theirs, goal: { atMost: 1.5 }, peer: 'shell', detail });
}

if (import.meta.main) await run();
