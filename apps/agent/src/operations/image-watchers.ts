/**
 * Who has a VM's images open, asked before every start: an RBD lock protects nothing, two hosts that start one VM take it
 * from each other and both write, and neither libvirt nor QEMU refuses.
 */
import type { ImageRef, Watcher } from '@basalt/ceph';
import { BasaltError } from '@basalt/contract';
import type { DomainModel } from '@basalt/libvirt';
import { storageError } from '../errors.ts';
import type { AgentHost, CallLimit } from '../host.types.ts';
import { storageOf } from './storage-of.ts';

export const watchedBy = (at: ImageRef, watchers: readonly Watcher[]): BasaltError =>
  new BasaltError('imageHasWatchers', {
    disk: `${at.pool}/${at.image}`,
    watchers: watchers.map(({ address }) => address).join(', '),
  });

/** `10.0.0.1` of `10.0.0.1:0/1234` and of `[fd00::1]:0/1234`. */
export const watcherHost = (address: string): string =>
  /^\[([^\]]+)\]/u.exec(address)?.[1] ?? address.slice(0, Math.max(0, address.lastIndexOf(':')));

/**
 * Resolves when every RBD image of the domain may be opened here.
 *
 * A watcher on an address of this host is a left-over of a QEMU that has just ended (Ceph keeps it up to 30 s), unless
 * another domain that runs here has the image open. Every other watcher is somebody else.
 * @throws BasaltError imageHasWatchers, storageFailed, storageTimedOut.
 */
export async function imagesFree(host: AgentHost, model: DomainModel, limit: CallLimit): Promise<void> {
  const images = model.disks.flatMap(({ source }) =>
    source.type === 'rbd' ? [{ pool: source.pool, image: source.image }] : [],
  );
  const found = await Promise.all(images.map(async (at) => ({ at, watchers: await watchersOf(host, at, limit) })));
  const watched = found.filter(({ watchers }) => watchers.length > 0);
  if (watched.length === 0) return;
  const [{ addresses }, open] = await Promise.all([host.inspect(limit), host.hypervisor.imagesOpen(limit)]);
  const own = new Set(addresses);
  for (const { at, watchers } of watched) {
    const others = watchers.filter(({ address }) => !own.has(watcherHost(address)));
    const here = open.get(`${at.pool}/${at.image}`);
    if (others.length > 0) throw watchedBy(at, others);
    if (here !== undefined && here !== model.uuid) throw watchedBy(at, watchers);
    host.log.warn(
      { vmId: model.uuid, image: `${at.pool}/${at.image}`, watchers },
      'watchers of this host remain; starting',
    );
  }
}

async function watchersOf(host: AgentHost, at: ImageRef, { signal }: CallLimit): Promise<Watcher[]> {
  try {
    return await storageOf(host).imageWatchers(at, { signal });
  } catch (error) {
    throw storageError(error, 10);
  }
}
