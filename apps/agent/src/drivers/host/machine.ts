/**
 * What the machine is, from /proc and /sys, without starting anything.
 *
 * Inside a network namespace /proc/net and a freshly mounted /sys/class/net show that namespace's own links; CPU, memory
 * and block devices are the machine's either way. Disks therefore are the machine's, and that is what is said of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { arch, cpus, loadavg, networkInterfaces, release } from 'node:os';
import { join } from 'node:path';
import type { HostInventory } from '@basalt/contract';

const textOf = async (path: string): Promise<string | null> => {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return null;
  }
};
const numberOf = async (path: string): Promise<number | null> => {
  const text = await textOf(path);
  return text === null || text === '' || Number.isNaN(Number(text)) ? null : Number(text);
};
const namesOf = async (path: string): Promise<string[]> => {
  try {
    return (await readdir(path)).toSorted();
  } catch {
    return [];
  }
};

/** `0-3,8` as numbers. Pure. */
export function cpuListParse(text: string): number[] {
  return text
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
}

/** Bytes of `Name:  123 kB` lines. Pure. */
export function meminfoParse(text: string): Readonly<Record<string, number>> {
  const entries = [...text.matchAll(/^([\w()]+):\s+(\d+) kB$/gmu)];
  return Object.fromEntries(entries.map(([, name = '', kib = '0']) => [name, Number(kib) * 1024]));
}

export const meminfoRead = (): Readonly<Record<string, number>> => meminfoParse(readFileSync('/proc/meminfo', 'utf8'));

type Topology = Pick<HostInventory, 'sockets' | 'cores' | 'threads' | 'cpuModel'>;

async function topologyRead(): Promise<Topology> {
  const all = (await namesOf('/sys/devices/system/cpu')).filter((name) => /^cpu\d+$/u.test(name));
  const found = await Promise.all(
    all.map(async (cpu) => {
      const base = `/sys/devices/system/cpu/${cpu}/topology`;
      const [socket, core] = await Promise.all([numberOf(`${base}/physical_package_id`), numberOf(`${base}/core_id`)]);
      return { socket: socket ?? 0, core: core ?? 0 };
    }),
  );
  const threads = cpus().length;
  return {
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    sockets: Math.max(1, new Set(found.map(({ socket }) => socket)).size),
    cores: Math.max(1, new Set(found.map(({ socket, core }) => `${socket}/${core}`)).size),
    threads: Math.max(1, threads),
  };
}

async function numaRead(): Promise<HostInventory['numa']> {
  const base = '/sys/devices/system/node';
  const nodes = (await namesOf(base)).filter((name) => /^node\d+$/u.test(name));
  return Promise.all(
    nodes.map(async (node) => {
      const [list, memory] = await Promise.all([textOf(`${base}/${node}/cpulist`), textOf(`${base}/${node}/meminfo`)]);
      const kib = /MemTotal:\s+(\d+) kB/u.exec(memory ?? '')?.[1];
      return { node: Number(node.slice(4)), cpus: cpuListParse(list ?? ''), memory: Number(kib ?? 0) * 1024 };
    }),
  );
}

async function hugepagesRead(): Promise<HostInventory['hugepages']> {
  const base = '/sys/kernel/mm/hugepages';
  const sizes = await namesOf(base);
  return Promise.all(
    sizes.map(async (name) => ({
      size: Number(/(\d+)kB/u.exec(name)?.[1] ?? 0) * 1024,
      total: (await numberOf(join(base, name, 'nr_hugepages'))) ?? 0,
      free: (await numberOf(join(base, name, 'free_hugepages'))) ?? 0,
    })),
  );
}

/** Guests' own taps and what the kernel offers by itself are no NICs of the host. */
const isOwnNic = (name: string): boolean =>
  !/^(lo|vnet\d+|tap|ovs-netdev|br-int|gre|sit|tunl|ip6|erspan|bonding_masters)/u.test(name);

async function nicsRead(): Promise<HostInventory['nics']> {
  const addresses = networkInterfaces();
  const names = (await namesOf('/sys/class/net')).filter(isOwnNic);
  return Promise.all(
    names.map(async (name) => {
      const base = `/sys/class/net/${name}`;
      const [mac, mtu, speed, state] = await Promise.all([
        textOf(`${base}/address`),
        numberOf(`${base}/mtu`),
        numberOf(`${base}/speed`),
        textOf(`${base}/operstate`),
      ]);
      return {
        name,
        mac: mac ?? '',
        mtu: mtu ?? 0,
        // Mbit/s; -1 and refusals mean that the link cannot tell.
        speed: speed !== null && speed > 0 ? speed : null,
        up: state === 'up' || state === 'unknown',
        addresses: (addresses[name] ?? []).map(({ address }) => address),
      };
    }),
  );
}

async function disksRead(): Promise<HostInventory['disks']> {
  const names = (await namesOf('/sys/block')).filter((name) => !/^(loop|ram|zram|sr|rbd|dm-|md|nbd|fd)/u.test(name));
  return Promise.all(
    names.map(async (name) => {
      const base = `/sys/block/${name}`;
      return {
        name,
        size: ((await numberOf(`${base}/size`)) ?? 0) * 512,
        model: await textOf(`${base}/device/model`),
        rotational: (await numberOf(`${base}/queue/rotational`)) === 1,
      };
    }),
  );
}

async function iommuRead(): Promise<boolean> {
  return (await namesOf('/sys/class/iommu')).length > 0;
}

/** The firmware's fillers are no answer. */
const dmiOf = async (name: string): Promise<string | null> => {
  const text = await textOf(`/sys/class/dmi/id/${name}`);
  return text === null || text === '' || /^(to be filled|default string|not specified|none|0+)/iu.test(text)
    ? null
    : text;
};

/**
 * Whether the clock follows a source: what a running time service says in its own files; null when nobody can tell.
 */
export async function timeSynchronisedRead(): Promise<boolean | null> {
  if ((await textOf('/run/systemd/timesync/synchronized')) !== null) return true;
  for (const pid of await namesOf('/proc')) {
    if (!/^\d+$/u.test(pid)) continue;
    const name = await textOf(`/proc/${pid}/comm`);
    if (name === 'chronyd' || name === 'ntpd' || name === 'ptp4l') {
      // Only a daemon of this host counts: it may share the process list with others.
      const [theirs, ours] = await Promise.all([linkOf(`/proc/${pid}/ns/net`), linkOf('/proc/self/ns/net')]);
      if (theirs !== null && theirs === ours) return true;
    }
  }
  return null;
}

const linkOf = async (path: string): Promise<string | null> => readlink(path).catch(() => null);

export type MachinePart = Omit<
  HostInventory,
  'virtualisation' | 'hypervisor' | 'libvirt' | 'ovs' | 'agent' | 'timeSynchronised'
>;

export async function machineRead(): Promise<MachinePart> {
  const [topology, numa, hugepages, iommu, nics, disks, serial, vendor, model] = await Promise.all([
    topologyRead(),
    numaRead(),
    hugepagesRead(),
    iommuRead(),
    nicsRead(),
    disksRead(),
    dmiOf('product_serial'),
    dmiOf('sys_vendor'),
    dmiOf('product_name'),
  ]);
  return {
    serial,
    vendor,
    model,
    ...topology,
    architecture: arch() === 'arm64' ? 'aarch64' : 'x86_64',
    memory: meminfoRead()['MemTotal'] ?? 0,
    numa,
    hugepages,
    iommu,
    kernel: release(),
    nics,
    disks,
  };
}

/** Busy share of all processors since the last call, 0–1. */
export class CpuMeter {
  #busy = 0;
  #total = 0;
  #use = 0;

  constructor() {
    this.read();
  }

  read(): number {
    const [, ...fields] = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '').trim().split(/\s+/u).map(Number);
    const total = fields.slice(0, 8).reduce((sum, one) => sum + one, 0);
    const busy = total - (fields[3] ?? 0) - (fields[4] ?? 0);
    // Two readings in one tick tell nothing new.
    if (total > this.#total) this.#use = Math.min(1, Math.max(0, (busy - this.#busy) / (total - this.#total)));
    this.#busy = busy;
    this.#total = total;
    return this.#use;
  }
}

export const load1 = (): number => loadavg()[0] ?? 0;

/** Number of processes named so; for tests of what the host runs. */
export const blockedProcesses = (): number =>
  Number(/^procs_blocked (\d+)$/mu.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? 0);

export const linkNames = (): string[] => {
  try {
    return readdirSync('/sys/class/net');
  } catch {
    return [];
  }
};
