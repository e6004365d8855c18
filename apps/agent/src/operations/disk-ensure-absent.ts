/** Removes an RBD image for good, unless somebody has it open. */
import { CephError, type ImageRef } from '@basalt/ceph';
import { storageError } from '../errors.ts';
import type { AgentHost, CallLimit } from '../host.types.ts';
import { storageOf } from './storage-of.ts';
import { watchedBy } from './image-watchers.ts';

/** @throws BasaltError imageHasWatchers, storageFailed, storageTimedOut. */
export async function diskEnsureAbsent(
  host: AgentHost,
  at: ImageRef,
  { signal }: CallLimit,
): Promise<{ changed: boolean }> {
  const storage = storageOf(host);
  try {
    const watchers = await storage.imageWatchers(at, { signal });
    if (watchers.length > 0) throw watchedBy(at, watchers);
    await storage.imageRemove(at, { signal });
    return { changed: true };
  } catch (error) {
    if (error instanceof CephError && error.kind === 'not-found') return { changed: false };
    if (error instanceof CephError && error.kind === 'busy')
      throw watchedBy(at, await storage.imageWatchers(at, { signal }));
    throw storageError(error, 60);
  }
}
