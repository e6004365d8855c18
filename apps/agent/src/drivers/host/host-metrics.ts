/** Series of the host from /proc and /sys. */
import { readFileSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import type { Exposition } from '../../exposition.ts';
import { blockedProcesses, linkNames, load1, meminfoRead } from './machine.ts';

/** Ticks of /proc/stat; USER_HZ is 100 on every architecture Linux is built for today. */
const HZ = 100;
const SECTOR = 512;
const MICRO = 1e6;
const CPU_MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;

const isWhole = (name: string): boolean => /^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+)$/u.test(name);

function cpuAdd(out: Exposition): void {
  for (const line of readFileSync('/proc/stat', 'utf8').split('\n')) {
    const match = /^cpu(\d+) (.*)$/u.exec(line);
    if (!match) continue;
    const fields = (match[2] ?? '').trim().split(/\s+/u).map(Number);
    CPU_MODES.forEach((mode, index) =>
      out.add('basalt_host_cpu_seconds_total', 'counter', (fields[index] ?? 0) / HZ, { cpu: match[1] ?? '', mode }),
    );
  }
}

function disksAdd(out: Exposition): void {
  for (const line of readFileSync('/proc/diskstats', 'utf8').split('\n')) {
    const [, , device, reads, , sectorsRead, , writes, , sectorsWritten] = line.trim().split(/\s+/u);
    if (device === undefined || !isWhole(device)) continue;
    out.add('basalt_host_disk_reads_completed_total', 'counter', Number(reads), { device });
    out.add('basalt_host_disk_writes_completed_total', 'counter', Number(writes), { device });
    out.add('basalt_host_disk_read_bytes_total', 'counter', Number(sectorsRead) * SECTOR, { device });
    out.add('basalt_host_disk_written_bytes_total', 'counter', Number(sectorsWritten) * SECTOR, { device });
  }
}

/** /proc/self/net is this network namespace's, whatever else shares the machine. */
function nicsAdd(out: Exposition): void {
  for (const line of readFileSync('/proc/self/net/dev', 'utf8').split('\n')) {
    const match = /^\s*([^:\s]+):\s*(.*)$/u.exec(line);
    if (!match?.[1] || /^(lo|vnet|tap|ovs-netdev)/u.test(match[1])) continue;
    const device = match[1];
    const fields = (match[2] ?? '').trim().split(/\s+/u).map(Number);
    out.add('basalt_host_network_receive_bytes_total', 'counter', fields[0], { device });
    out.add('basalt_host_network_receive_packets_total', 'counter', fields[1], { device });
    out.add('basalt_host_network_transmit_bytes_total', 'counter', fields[8], { device });
    out.add('basalt_host_network_transmit_packets_total', 'counter', fields[9], { device });
  }
}

async function linksAdd(out: Exposition, managed: ReadonlySet<string>): Promise<void> {
  for (const device of linkNames().filter((name) => !/^(lo|vnet|tap|ovs-netdev)/u.test(name))) {
    const state = await readFile(`/sys/class/net/${device}/operstate`, 'utf8').catch(() => null);
    if (state === null) continue;
    const up = state.trim() === 'up' || state.trim() === 'unknown';
    out.add('basalt_host_network_up', 'gauge', up ? 1 : 0, { device, managed: String(managed.has(device)) });
  }
}

async function pressureAdd(out: Exposition): Promise<void> {
  for (const kind of ['cpu', 'io', 'memory'] as const) {
    const text = await readFile(`/proc/pressure/${kind}`, 'utf8').catch(() => '');
    const total = /^some .* total=(\d+)/mu.exec(text)?.[1];
    if (total !== undefined)
      out.add(`basalt_host_pressure_${kind}_waiting_seconds_total`, 'counter', Number(total) / MICRO);
  }
}

async function filesystemsAdd(out: Exposition, directories: readonly string[]): Promise<void> {
  for (const mountpoint of directories) {
    const found = await statfs(mountpoint).catch(() => null);
    if (!found) continue;
    out.add('basalt_host_filesystem_size_bytes', 'gauge', found.blocks * found.bsize, { mountpoint });
    out.add('basalt_host_filesystem_avail_bytes', 'gauge', found.bavail * found.bsize, { mountpoint });
  }
}

export interface HostMetricsOptions {
  /** Directories whose file systems matter to the agent. */
  readonly directories: readonly string[];
  /** Links whose loss is an alarm. */
  readonly managedLinks: ReadonlySet<string>;
}

export async function hostMetricsAdd(
  out: Exposition,
  { directories, managedLinks }: HostMetricsOptions,
): Promise<void> {
  const memory = meminfoRead();
  out.add('basalt_host_agent_up', 'gauge', 1);
  out.add('basalt_host_load1', 'gauge', load1());
  out.add('basalt_host_memory_bytes', 'gauge', memory['MemTotal']);
  out.add('basalt_host_memory_available_bytes', 'gauge', memory['MemAvailable']);
  out.add('basalt_host_processes_blocked', 'gauge', blockedProcesses());
  const sockets = /^TCP: inuse (\d+)/mu.exec(readFileSync('/proc/self/net/sockstat', 'utf8'))?.[1];
  out.add('basalt_host_tcp_connections', 'gauge', sockets === undefined ? null : Number(sockets));
  cpuAdd(out);
  disksAdd(out);
  nicsAdd(out);
  await linksAdd(out, managedLinks);
  await pressureAdd(out);
  await filesystemsAdd(out, directories);
}
