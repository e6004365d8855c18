/** Series of the domains from libvirt's all-domain statistics: one call a scrape, however many there are. Pure. */
import type { DomainStats } from '@basalt/libvirt';
import type { Exposition } from '../../exposition.ts';

const NANO = 1e9;
const KIB = 1024;

type Stats = DomainStats['stats'];
const num = (stats: Stats, key: string): number | null => {
  const value = stats[key];
  return typeof value === 'number' ? value : null;
};
const scaled = (value: number | null, factor: number): number | null => (value === null ? null : value * factor);

function vcpuWait(stats: Stats): number | null {
  const waits = Object.entries(stats).filter(([key]) => /^vcpu\.\d+\.(wait|delay)$/u.test(key));
  return waits.length === 0 ? null : waits.reduce((sum, [, value]) => sum + Number(value), 0) / NANO;
}

/** What the guest uses: by its balloon when it tells, else what QEMU holds. */
function memoryUsed(stats: Stats): number | null {
  const [available, usable] = [num(stats, 'balloon.available'), num(stats, 'balloon.usable')];
  if (available !== null && usable !== null) return (available - usable) * KIB;
  return scaled(num(stats, 'balloon.rss'), KIB);
}

const BLOCK = {
  'rd.bytes': 'basalt_vm_disk_read_bytes_total',
  'wr.bytes': 'basalt_vm_disk_written_bytes_total',
  'rd.reqs': 'basalt_vm_disk_reads_completed_total',
  'wr.reqs': 'basalt_vm_disk_writes_completed_total',
} as const;
const NET = {
  // libvirt counts from the guest's side: what it receives, `rx`, is the VM's inbound traffic.
  'rx.bytes': 'basalt_vm_network_receive_bytes_total',
  'tx.bytes': 'basalt_vm_network_transmit_bytes_total',
  'rx.pkts': 'basalt_vm_network_receive_packets_total',
  'tx.pkts': 'basalt_vm_network_transmit_packets_total',
} as const;

function devicesAdd(
  out: Exposition,
  vm: string,
  stats: Stats,
  group: 'block' | 'net',
  names: Readonly<Record<string, string>>,
): void {
  const count = num(stats, `${group}.count`) ?? 0;
  for (let index = 0; index < count; index += 1) {
    const device = String(stats[`${group}.${index}.name`] ?? index);
    for (const [key, name] of Object.entries(names))
      out.add(name, 'counter', num(stats, `${group}.${index}.${key}`), { vm, device });
  }
}

/** @param all active domains of ours; @param startedAt milliseconds by UUID, where known. */
export function vmMetricsAdd(
  out: Exposition,
  all: readonly DomainStats[],
  startedAt: ReadonlyMap<string, number>,
): void {
  for (const { domain, stats } of all) {
    const vm = domain.uuid;
    out.add('basalt_vm_cpu_seconds_total', 'counter', scaled(num(stats, 'cpu.time'), 1 / NANO), { vm });
    out.add('basalt_vm_vcpus', 'gauge', num(stats, 'vcpu.current'), { vm });
    out.add('basalt_vm_vcpu_wait_seconds_total', 'counter', vcpuWait(stats), { vm });
    out.add('basalt_vm_memory_bytes', 'gauge', scaled(num(stats, 'balloon.maximum'), KIB), { vm });
    out.add('basalt_vm_memory_balloon_bytes', 'gauge', scaled(num(stats, 'balloon.current'), KIB), { vm });
    out.add('basalt_vm_memory_used_bytes', 'gauge', memoryUsed(stats), { vm });
    out.add('basalt_vm_start_time_seconds', 'gauge', scaled(startedAt.get(vm) ?? null, 1 / 1000), { vm });
    devicesAdd(out, vm, stats, 'block', BLOCK);
    devicesAdd(out, vm, stats, 'net', NET);
  }
}
