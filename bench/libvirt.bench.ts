/**
 * The libvirt client against virsh, on a private libvirtd with twenty guests under TCG, paused so that they cost
 * nothing: one short question each, and all statistics of all guests. Both sides in turn, medians compared.
 * Needs root and Debian's libvirt and QEMU packages.
 */
import { LibvirtHost, domainModel, domainToXml } from '@basalt/libvirt';
import { qemuLibvirtd, virsh } from '../packages/libvirt/test/private-libvirtd.ts';
import { quantile, ratioPrint, timings } from './ratio.ts';

const GUESTS = 20;
const BLOCKS = 5;

/** Median milliseconds of both, in alternating blocks of back-to-back calls so that a busy machine slows both. */
const compare = async (
  perBlock: number,
  ours: () => Promise<unknown>,
  peer: () => Promise<unknown>,
): Promise<{ ratio: number; detail: string }> => {
  const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  for (let block = 0; block < BLOCKS; block++) {
    times.ours.push(...(await timings(perBlock, ours)));
    times.peer.push(...(await timings(perBlock, peer)));
  }
  const [mine, theirs] = [quantile(times.ours, 0.5), quantile(times.peer, 0.5)];
  return { ratio: mine / theirs, detail: `${mine.toFixed(2)} ms against ${theirs.toFixed(2)} ms` };
};

const guest = (i: number): string =>
  domainToXml(
    domainModel({
      type: 'qemu',
      uuid: `0190b2b0-7c00-7000-8000-${String(i).padStart(12, '0')}`,
      name: `bench-${i}`,
      memory: 32 * 2 ** 20,
      vcpus: { current: 1, max: 1 },
      cpu: { mode: 'default' },
    }),
  );

export const run = async (): Promise<void> => {
  const libvirtd = await qemuLibvirtd();
  const host = new LibvirtHost({ target: { kind: 'unix', path: libvirtd.socket } });
  try {
    await host.connect();
    for (let i = 0; i < GUESTS; i++) await host.client.domainCreateXml(guest(i), { paused: true });
    const peer = (...args: string[]) => virsh(libvirtd.socket, 'qemu+unix:///system', args);
    const first = await host.client.domainLookupByName('bench-0');
    const call = await compare(
      40,
      () => host.client.domainGetInfo(first),
      () => peer('dominfo', 'bench-0'),
    );
    ratioPrint({ name: 'libvirt.call', goal: { atMost: 0.02 }, peer: 'virsh', ...call });
    const stats = await compare(
      4,
      () => host.client.domainStats(),
      () => peer('domstats'),
    );
    ratioPrint({ name: 'libvirt.stats', goal: { atMost: 1 }, peer: 'virsh', ...stats });
  } finally {
    await host.close();
    await libvirtd.stop();
  }
};

if (import.meta.main) await run();
